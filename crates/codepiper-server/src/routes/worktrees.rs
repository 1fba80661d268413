//! The git worktrees that were made for sessions.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_api::{FinishWorktreeRequest, PruneWorktreesRequest};
use codepiper_engine::{Engine, FinishWorktree, RemovedWorktree, WorktreeView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::extract::Body;

/// Worktrees.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorktreesResponse {
    /// Newest first.
    worktrees: Vec<WorktreeView>,
}

/// Lists the worktrees that were made for sessions, as they are now.
#[utoipa::path(
    get,
    path = "/worktrees",
    tag = "worktrees",
    responses((status = 200, body = WorktreesResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<WorktreesResponse>, ApiError> {
    let worktrees = engine.worktrees.list().await?;
    Ok(Json(WorktreesResponse { worktrees }))
}

/// A worktree that was removed.
#[derive(Serialize, ToSchema)]
pub(crate) struct RemovedWorktreeResponse {
    /// What became of it.
    worktree: RemovedWorktree,
}

/// Worktrees that were, or would be, removed or kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct PruneWorktreesResponse {
    /// What became of each.
    worktrees: Vec<RemovedWorktree>,
}

/// Merges what is in a worktree, where that is asked for, and removes it if nothing is lost with it.
#[utoipa::path(
    post,
    path = "/worktrees/finish",
    tag = "worktrees",
    request_body = FinishWorktreeRequest,
    responses((status = 200, body = RemovedWorktreeResponse))
)]
pub(crate) async fn finish(
    State(engine): State<Engine>,
    Extension(entrance): Extension<Entrance>,
    Body(request): Body<FinishWorktreeRequest>,
) -> Result<Json<RemovedWorktreeResponse>, ApiError> {
    if request.force {
        entrance.look_again(&engine)?;
    }
    let asked = FinishWorktree {
        path: request.path,
        merge: request.merge,
        force: request.force,
        delete_branch: request.delete_branch,
    };
    let worktree = engine.worktrees.finish(asked).await?;
    Ok(Json(RemovedWorktreeResponse { worktree }))
}

/// Removes every worktree with which nothing is lost, and says why the others are kept.
#[utoipa::path(
    post,
    path = "/worktrees/prune",
    tag = "worktrees",
    request_body = PruneWorktreesRequest,
    responses((status = 200, body = PruneWorktreesResponse))
)]
pub(crate) async fn prune(
    State(engine): State<Engine>,
    Extension(entrance): Extension<Entrance>,
    Body(request): Body<PruneWorktreesRequest>,
) -> Result<Json<PruneWorktreesResponse>, ApiError> {
    if request.force && !request.dry_run {
        entrance.look_again(&engine)?;
    }
    let PruneWorktreesRequest { dry_run, force } = request;
    let worktrees = engine.worktrees.prune(dry_run, force).await?;
    Ok(Json(PruneWorktreesResponse { worktrees }))
}
