//! The key that secrets at rest are sealed with.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_engine::Engine;
use codepiper_model::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use crate::entrance::SecondLook;
use crate::error::ApiError;

/// What came of a change of the key.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyRotatedResponse {
    /// How many secrets were sealed anew.
    secrets: usize,
}

/// Makes a new key and seals every secret with it. The old one is gone then: of it are only backups
/// that were made before.
#[utoipa::path(
    post,
    path = "/key/rotate",
    tag = "settings",
    responses((status = 200, body = KeyRotatedResponse))
)]
pub(crate) async fn rotate(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
) -> Result<Json<KeyRotatedResponse>, ApiError> {
    let secrets = engine.key_change.rotate(&actor).await?;
    Ok(Json(KeyRotatedResponse { secrets }))
}
