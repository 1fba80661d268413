//! What was sent to a session, and what of it waits.

use axum::Json;
use axum::extract::State;
use codepiper_api::{EditPromptRequest, PromptResponse, PromptsParams, PromptsResponse};
use codepiper_engine::Engine;

use super::sessions::{SEND_BODY_MAX, check_text};
use crate::error::ApiError;
use crate::extract::{Body, Id, IdAndName, NoBody, Params};

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

pub(crate) async fn cancel(
    State(engine): State<Engine>,
    IdAndName(id, prompt): IdAndName,
    _: NoBody,
) -> Result<Json<PromptResponse>, ApiError> {
    let prompt = engine.sessions.cancel_prompt(id, &prompt).await?;
    Ok(Json(PromptResponse { prompt }))
}
