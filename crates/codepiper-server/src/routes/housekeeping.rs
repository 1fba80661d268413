//! Removing sessions.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_api::{DeleteResponse, DeletedSession, PruneFailure, PruneRequest, PruneResponse};
use codepiper_engine::{Deleted, Engine};
use codepiper_model::Actor;

use crate::error::ApiError;
use crate::extract::{Body, Id, NoBody};

/// Removes a session that has ended, with its events.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = DeleteResponse))
)]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    _: NoBody,
) -> Result<Json<DeleteResponse>, ApiError> {
    let deleted = engine.sessions.delete(id, actor).await?;
    Ok(Json(DeleteResponse {
        deleted: shown(deleted),
        success: true,
    }))
}

/// Removes the sessions that ended long ago, or says which these are.
#[utoipa::path(
    post,
    path = "/sessions/prune",
    tag = "sessions",
    request_body = PruneRequest,
    responses((status = 200, body = PruneResponse))
)]
pub(crate) async fn prune(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Body(request): Body<PruneRequest>,
) -> Result<Json<PruneResponse>, ApiError> {
    let older_than = i64::try_from(request.older_than_ms).unwrap_or(i64::MAX);
    if request.dry_run {
        let found = engine.sessions.prunable(older_than).await?;
        return Ok(Json(PruneResponse {
            sessions: found.into_iter().map(shown).collect(),
            failed: Vec::new(),
            dry_run: true,
        }));
    }
    let pruned = engine.sessions.prune(older_than, actor).await?;
    let failed = pruned
        .failed
        .into_iter()
        .map(|(session_id, error)| PruneFailure {
            session_id,
            error: error.to_string(),
        });
    Ok(Json(PruneResponse {
        sessions: pruned.deleted.into_iter().map(shown).collect(),
        failed: failed.collect(),
        dry_run: false,
    }))
}

fn shown(deleted: Deleted) -> DeletedSession {
    let ended_at = deleted.ended_at();
    let Deleted { session, events } = deleted;
    DeletedSession {
        id: session.id,
        provider: session.provider,
        name: session.name,
        cwd: session.cwd,
        ended_at,
        events,
        provider_session_id: session.provider_session_id,
        transcript_path: session.transcript_path,
    }
}
