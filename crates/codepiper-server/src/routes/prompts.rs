//! What was sent to a session, and what of it waits.

use axum::Json;
use axum::extract::State;
use codepiper_api::{EditPromptRequest, PromptResponse, PromptsParams, PromptsResponse};
use codepiper_engine::Engine;

use super::sessions::{SEND_BODY_MAX, check_text};
use crate::error::ApiError;
use crate::extract::{Body, Id, IdAndName, NoBody, Params};

/// Lists what was sent to a session, in order.
#[utoipa::path(
    get,
    path = "/sessions/{id}/prompts",
    tag = "prompts",
    params(Id, PromptsParams),
    responses((status = 200, body = PromptsResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<PromptsParams>,
) -> Result<Json<PromptsResponse>, ApiError> {
    if params
        .latest
        .is_some_and(|latest| !(1..=1000).contains(&latest))
    {
        let message = "`latest` is a number from 1 to 1000";
        let field = Some("latest".to_owned());
        return Err(ApiError::bad_request("invalid_request", field, message));
    }
    let prompts = engine.sessions.prompts(id, params.latest).await?;
    Ok(Json(PromptsResponse { prompts }))
}

/// Changes a prompt that waits.
#[utoipa::path(
    put,
    path = "/sessions/{id}/prompts/{prompt}",
    tag = "prompts",
    params(Id, ("prompt" = String, Path, description = "The prompt")),
    request_body = EditPromptRequest,
    responses((status = 200, body = PromptResponse))
)]
pub(crate) async fn edit(
    State(engine): State<Engine>,
    IdAndName(id, prompt): IdAndName,
    Body(request): Body<EditPromptRequest, SEND_BODY_MAX>,
) -> Result<Json<PromptResponse>, ApiError> {
    check_text(&request.text)?;
    let prompt = engine
        .sessions
        .edit_prompt(id, &prompt, &request.text)
        .await?;
    Ok(Json(PromptResponse { prompt }))
}

/// Takes a prompt back that waits.
#[utoipa::path(
    delete,
    path = "/sessions/{id}/prompts/{prompt}",
    tag = "prompts",
    params(Id, ("prompt" = String, Path, description = "The prompt")),
    responses((status = 200, body = PromptResponse))
)]
pub(crate) async fn cancel(
    State(engine): State<Engine>,
    IdAndName(id, prompt): IdAndName,
    _: NoBody,
) -> Result<Json<PromptResponse>, ApiError> {
    let prompt = engine.sessions.cancel_prompt(id, &prompt).await?;
    Ok(Json(PromptResponse { prompt }))
}
