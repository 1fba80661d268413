//! The requests that wait for a person.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use codepiper_api::{
    AnswerApprovalRequest, ApprovalResponse, ApprovalsParams, ApprovalsResponse, ErrorBody,
};
use codepiper_engine::{AnswerRequest, ApprovalFilter, Engine, Refused};
use codepiper_model::{Approval, ApprovalId, ApprovalStatus, Via};

use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::extract::{Body, Name, Params};

/// Says that an answer comes from a button of a notification.
const VIA_HEADER: &str = "x-codepiper-via";

/// Lists the requests for leave, newest first.
#[utoipa::path(
    get,
    path = "/approvals",
    tag = "approvals",
    params(ApprovalsParams),
    responses((status = 200, body = ApprovalsResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Params(params): Params<ApprovalsParams>,
) -> Result<Json<ApprovalsResponse>, ApiError> {
    let limit = super::checked_limit(params.limit)?;
    let status = match params
        .status
        .as_deref()
        .map(|name| (name, ApprovalStatus::parse(name)))
    {
        None => None,
        Some((_, Some(status))) => Some(status),
        Some((name, None)) => {
            let known = ApprovalStatus::ALL.map(ApprovalStatus::as_str).join(", ");
            let shown: String = name.chars().take(40).collect();
            let message = format!("`status` is one of {known}, not `{shown}`");
            return Err(ApiError::bad_request(
                "invalid_request",
                Some("status".to_owned()),
                message,
            ));
        }
    };
    let filter = ApprovalFilter {
        session_id: params.session_id,
        status,
        limit,
    };
    let approvals = engine.approvals.list(filter).await?;
    Ok(Json(ApprovalsResponse { approvals }))
}

/// Shows a request for leave.
#[utoipa::path(
    get,
    path = "/approvals/{id}",
    tag = "approvals",
    params(("id" = ApprovalId, Path, description = "The approval")),
    responses((status = 200, body = ApprovalResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
) -> Result<Json<ApprovalResponse>, ApiError> {
    let approval = engine.approvals.get(parsed(&id)?).await?;
    Ok(Json(ApprovalResponse { approval }))
}

/// Answers a request for leave.
#[utoipa::path(
    post,
    path = "/approvals/{id}/answer",
    tag = "approvals",
    params(("id" = ApprovalId, Path, description = "The approval")),
    request_body = AnswerApprovalRequest,
    responses(
        (status = 200, body = ApprovalResponse),
        (status = 409, description = "`already_answered` or `request_changed`, with the `approval` as it is", body = ErrorBody),
    )
)]
pub(crate) async fn answer(
    State(engine): State<Engine>,
    Name(id): Name,
    Extension(entrance): Extension<Entrance>,
    headers: HeaderMap,
    Body(request): Body<AnswerApprovalRequest>,
) -> Result<Json<ApprovalResponse>, ApiError> {
    // Only of who is signed in on the web: no other has notifications with buttons.
    let is_push =
        entrance.via == Via::Dashboard && headers.get(VIA_HEADER).is_some_and(|via| via == "push");
    let answer = AnswerRequest {
        decision: request.decision,
        request_hash: request.request_hash,
        note: request.note,
        rule: request.rule,
        by: "owner".to_owned(),
        via: if is_push { Via::Push } else { entrance.via },
    };
    let answered = engine.approvals.answer(parsed(&id)?, answer).await;
    match answered {
        Ok(approval) => {
            engine.sessions.catch_up(approval.session_id).await;
            Ok(Json(ApprovalResponse { approval }))
        }
        Err(Refused::Error(error)) => Err(error.into()),
        Err(Refused::AlreadyAnswered(approval)) => Err(too_late(&approval)),
        Err(Refused::RequestChanged(approval)) => Err(conflict(
            "request_changed",
            format!("approval `{id}` asks something else than what was answered"),
            "read it again",
            &approval,
        )),
    }
}

fn too_late(approval: &Approval) -> ApiError {
    let id = approval.id;
    let how = match (&approval.answer, approval.closed_reason) {
        (Some(answer), _) => {
            let (by, decision) = (&answer.by, answer.decision.as_str());
            format!("was answered with `{decision}` by `{by}`")
        }
        (None, _) => format!("is {}: the agent no longer waits", approval.status.as_str()),
    };
    conflict(
        "already_answered",
        format!("approval `{id}` {how}"),
        "`codepiper approvals` lists what waits",
        approval,
    )
}

fn conflict(code: &str, message: String, hint: &str, approval: &Approval) -> ApiError {
    let approval = serde_json::to_value(approval).unwrap_or_default();
    let body = ErrorBody::new(code, message).with_hint(hint);
    ApiError::new(StatusCode::CONFLICT, body.with_detail("approval", approval))
}

/// What is no id names no approval.
fn parsed(text: &str) -> Result<ApprovalId, ApiError> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(64).collect();
        let message = format!("there is no approval `{shown}`");
        ApiError::new(
            StatusCode::NOT_FOUND,
            ErrorBody::new("approval_not_found", message),
        )
    })
}
