//! What was said and done in sessions.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use codepiper_api::{
    ConversationParams, ConversationResponse, ProblemsParams, ProblemsResponse, SearchParams,
    SearchResponse,
};
use codepiper_engine::{ConversationPage, Engine, SearchQuery};

use crate::error::ApiError;
use crate::extract::{Id, Params};

/// Reads a part of a session's conversation.
#[utoipa::path(
    get,
    path = "/sessions/{id}/conversation",
    tag = "conversations",
    operation_id = "conversation",
    params(Id, ConversationParams),
    responses((status = 200, body = ConversationResponse))
)]
pub(crate) async fn page(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<ConversationParams>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let page = ConversationPage {
        after: params.after,
        before: params.before,
        since: params.since,
        limit: super::checked_limit(params.limit)?,
    };
    let part = engine.conversations.page(id, page).await?;
    Ok(Json(ConversationResponse {
        entries: part.entries,
        has_more: part.has_more,
        revision: part.revision,
        first: part.first,
        last: part.last,
    }))
}

/// Shows a session's whole conversation as a document.
#[utoipa::path(
    get,
    path = "/sessions/{id}/conversation/markdown",
    tag = "conversations",
    operation_id = "conversation_markdown",
    params(Id),
    responses((status = 200, description = "Markdown", body = String, content_type = "text/markdown"))
)]
pub(crate) async fn markdown(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let document = engine.conversations.markdown(id).await?;
    let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
    Ok((kind, document).into_response())
}

/// Searches all conversations, the newest first.
#[utoipa::path(
    get,
    path = "/search",
    tag = "conversations",
    operation_id = "search",
    params(SearchParams),
    responses((status = 200, body = SearchResponse))
)]
pub(crate) async fn search(
    State(engine): State<Engine>,
    Params(params): Params<SearchParams>,
) -> Result<Json<SearchResponse>, ApiError> {
    let query = SearchQuery {
        text: super::checked_text(Some(params.text))?.unwrap_or_default(),
        session_id: params.session_id,
        kinds: params.kind.into_iter().collect(),
        since: params.since,
        before: params.before,
        limit: super::checked_limit(params.limit)?,
    };
    let (found, has_more) = engine.conversations.search(query).await?;
    Ok(Json(SearchResponse { found, has_more }))
}

/// Lists the lines of transcripts that could not be read.
#[utoipa::path(
    get,
    path = "/transcripts/problems",
    tag = "conversations",
    operation_id = "transcript_problems",
    params(ProblemsParams),
    responses((status = 200, body = ProblemsResponse))
)]
pub(crate) async fn problems(
    State(engine): State<Engine>,
    Params(params): Params<ProblemsParams>,
) -> Result<Json<ProblemsResponse>, ApiError> {
    let limit = super::checked_limit(params.limit)?;
    let found = engine.conversations.problems(params.session_id, limit);
    let (problems, count) = found.await?;
    Ok(Json(ProblemsResponse { problems, count }))
}
