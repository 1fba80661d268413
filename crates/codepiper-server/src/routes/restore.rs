//! The sessions that were lost while nobody looked.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_api::{RestoreFailure, RestoreResponse, SessionsResponse};
use codepiper_engine::{Engine, Restored};
use codepiper_model::Actor;

use crate::error::ApiError;
use crate::extract::NoBody;

/// Lists the sessions that were lost while no daemon ran.
#[utoipa::path(
    get,
    path = "/restore",
    tag = "sessions",
    operation_id = "lost",
    responses((status = 200, body = SessionsResponse))
)]
pub(crate) async fn list(State(engine): State<Engine>) -> Result<Json<SessionsResponse>, ApiError> {
    let sessions = engine.sessions.lost().await?;
    Ok(Json(SessionsResponse { sessions }))
}

/// Brings back the sessions that were lost.
#[utoipa::path(
    post,
    path = "/restore",
    tag = "sessions",
    responses((status = 200, body = RestoreResponse))
)]
pub(crate) async fn restore(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: NoBody,
) -> Result<Json<RestoreResponse>, ApiError> {
    let mut response = RestoreResponse::default();
    for Restored { session_id, error } in engine.sessions.restore(actor).await? {
        match error {
            None => response.restored.push(session_id),
            Some(error) => response.failed.push(RestoreFailure {
                session_id,
                error: error.to_string(),
            }),
        }
    }
    Ok(Json(response))
}
