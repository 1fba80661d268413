//! What is allowed, denied and asked.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use codepiper_api::{
    ApplyPoliciesRequest, CheckPolicyRequest, CreatePolicyRequest, ErrorBody,
    ExportPoliciesRequest, ExportPoliciesResponse, PoliciesParams, Success, TestPoliciesRequest,
    UpdatePolicyRequest,
};
use codepiper_engine::{
    Applied, Checked, Engine, NewPolicy, PolicyChange, PolicyExport, PolicyView, Replay, Replayed,
};
use codepiper_model::yaml::YAML_BYTES_MAX;
use codepiper_model::{Actor, SessionId, ToolCall};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entrance::SecondLook;
use crate::error::ApiError;
use crate::extract::{Body, Name, NoBody, Params};

/// The longest file, and the body it may come in: JSON may escape every byte.
const FILE_MAX: usize = YAML_BYTES_MAX;
const FILE_BODY_MAX: usize = 6 * FILE_MAX + 4096;

/// Policies.
#[derive(Serialize, ToSchema)]
pub(crate) struct PoliciesResponse {
    /// Highest priority first.
    pub(super) policies: Vec<PolicyView>,
}

/// One policy.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyResponse {
    /// The policy.
    policy: PolicyView,
}

/// Lists the policies.
#[utoipa::path(
    get,
    path = "/policies",
    tag = "policies",
    params(PoliciesParams),
    responses((status = 200, body = PoliciesResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Params(params): Params<PoliciesParams>,
) -> Result<Json<PoliciesResponse>, ApiError> {
    let mut policies = engine.policies.list().await?;
    if let Some(enabled) = params.enabled {
        policies.retain(|view| view.policy.enabled == enabled);
    }
    if let Some(text) = params.session_id {
        let wanted = match text.as_str() {
            "null" => None,
            text => Some(text.parse::<SessionId>().map_err(|error| {
                let message = error.to_string();
                ApiError::bad_request("invalid_request", Some("sessionId".to_owned()), message)
            })?),
        };
        policies.retain(|view| view.policy.session_id == wanted);
    }
    Ok(Json(PoliciesResponse { policies }))
}

/// Makes a policy.
#[utoipa::path(
    post,
    path = "/policies",
    tag = "policies",
    request_body = CreatePolicyRequest,
    responses((status = 201, body = PolicyResponse))
)]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Body(request): Body<CreatePolicyRequest>,
) -> Result<(StatusCode, Json<PolicyResponse>), ApiError> {
    let new = NewPolicy {
        id: request.id,
        name: request.name,
        description: request.description,
        enabled: request.enabled,
        priority: request.priority,
        session_id: request.session_id,
        rules: request.rules,
    };
    let policy = engine.policies.create(new, actor).await?;
    Ok((StatusCode::CREATED, Json(PolicyResponse { policy })))
}

/// Shows a policy.
#[utoipa::path(
    get,
    path = "/policies/{id}",
    tag = "policies",
    params(("id" = String, Path, description = "The policy")),
    responses((status = 200, body = PolicyResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
) -> Result<Json<PolicyResponse>, ApiError> {
    let policy = engine.policies.get(&id).await?;
    Ok(Json(PolicyResponse { policy }))
}

/// Changes a policy.
#[utoipa::path(
    put,
    path = "/policies/{id}",
    tag = "policies",
    params(("id" = String, Path, description = "The policy")),
    request_body = UpdatePolicyRequest,
    responses((status = 200, body = PolicyResponse))
)]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Name(id): Name,
    Body(request): Body<UpdatePolicyRequest>,
) -> Result<Json<PolicyResponse>, ApiError> {
    let change = PolicyChange {
        name: request.name,
        description: request
            .description
            .map(|text| Some(text).filter(|text| !text.trim().is_empty())),
        enabled: request.enabled,
        priority: request.priority,
        rules: request.rules,
    };
    let policy = engine.policies.update(&id, change, actor).await?;
    Ok(Json(PolicyResponse { policy }))
}

/// Removes a policy.
#[utoipa::path(
    delete,
    path = "/policies/{id}",
    tag = "policies",
    params(("id" = String, Path, description = "The policy")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Name(id): Name,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.policies.delete(&id, actor).await?;
    Ok(Json(Success { success: true }))
}

/// Says what would become of a tool call. Nothing is recorded.
#[utoipa::path(
    post,
    path = "/policies/check",
    tag = "policies",
    request_body = CheckPolicyRequest,
    responses((status = 200, body = Checked))
)]
pub(crate) async fn check(
    State(engine): State<Engine>,
    Body(request): Body<CheckPolicyRequest>,
) -> Result<Json<Checked>, ApiError> {
    let wrong = |field: &str, message: String| {
        ApiError::bad_request("invalid_request", Some(field.to_owned()), message)
    };
    if !request.cwd.is_absolute() {
        return Err(wrong("cwd", "`cwd` is an absolute path".to_owned()));
    }
    if request.tool_name.trim().is_empty() {
        return Err(wrong("toolName", "`toolName` names a tool".to_owned()));
    }
    let provider = match request.provider.as_deref().map(str::parse) {
        None => None,
        Some(Ok(provider)) => Some(provider),
        Some(Err(error)) => {
            let error: codepiper_model::UnknownProvider = error;
            return Err(wrong("provider", error.to_string()));
        }
    };
    let session = match request.session_id {
        Some(id) => Some(engine.sessions.get(id).await?),
        None => None,
    };
    let call = ToolCall {
        tool_name: request.tool_name,
        tool_input: request.tool_input,
        cwd: request.cwd,
        session_id: request.session_id,
        provider,
        mode: request.mode,
    };
    let directory = session.as_ref().map(|session| session.cwd.as_path());
    let checked = engine.policies.check(&call, directory, request.rules)?;
    Ok(Json(checked))
}

/// Makes the policies and sets say what a file says; all of it or nothing.
#[utoipa::path(
    post,
    path = "/policies/apply",
    tag = "policies",
    request_body = ApplyPoliciesRequest,
    responses((status = 200, body = Applied))
)]
pub(crate) async fn apply(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Body(request): Body<ApplyPoliciesRequest, FILE_BODY_MAX>,
) -> Result<Json<Applied>, ApiError> {
    let ApplyPoliciesRequest { text, dry_run } = request;
    check_size(&text)?;
    Ok(Json(engine.policies.apply(text, dry_run, actor).await?))
}

/// Writes policies and sets as a file.
#[utoipa::path(
    post,
    path = "/policies/export",
    tag = "policies",
    request_body = ExportPoliciesRequest,
    responses((status = 200, body = ExportPoliciesResponse))
)]
pub(crate) async fn export(
    State(engine): State<Engine>,
    Body(request): Body<ExportPoliciesRequest>,
) -> Result<Json<ExportPoliciesResponse>, ApiError> {
    let what = PolicyExport {
        ids: request.ids,
        set: request.set,
        all: request.all,
    };
    let text = engine.policies.export(what).await?;
    Ok(Json(ExportPoliciesResponse { text }))
}

/// Asks a draft about the calls that were recorded. Nothing is changed.
#[utoipa::path(
    post,
    path = "/policies/test",
    tag = "policies",
    request_body = TestPoliciesRequest,
    responses((status = 200, body = Replayed))
)]
pub(crate) async fn test(
    State(engine): State<Engine>,
    Body(request): Body<TestPoliciesRequest, FILE_BODY_MAX>,
) -> Result<Json<Replayed>, ApiError> {
    check_size(&request.text)?;
    let replay = Replay {
        text: request.text,
        since: request.since,
        until: request.until,
        session_id: request.session_id,
        with_current: request.with_current,
    };
    Ok(Json(engine.policies.replay(replay).await?))
}

fn check_size(text: &str) -> Result<(), ApiError> {
    if text.len() <= FILE_MAX {
        return Ok(());
    }
    let message = format!("`text` has more than {FILE_MAX} bytes");
    let body = ErrorBody::new("too_large", message).with_field("text");
    Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, body))
}
