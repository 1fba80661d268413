//! The directories of this machine.

use axum::Json;
use axum::extract::State;
use codepiper_api::{
    DirectoriesParams, DirectoriesResponse, DirectoryEntry, RecentDirectoriesResponse,
    RecentDirectory,
};
use codepiper_engine::Engine;

use crate::error::ApiError;
use crate::extract::Params;

/// Lists the directories in a directory of the daemon's machine.
#[utoipa::path(
    get,
    path = "/directories",
    tag = "directories",
    operation_id = "directories",
    params(DirectoriesParams),
    responses((status = 200, body = DirectoriesResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Params(params): Params<DirectoriesParams>,
) -> Result<Json<DirectoriesResponse>, ApiError> {
    let path = params.path.as_deref();
    let listing = if params.nearest {
        engine.directories.nearest(path, params.hidden).await?
    } else {
        engine.directories.list(path, params.hidden).await?
    };
    let entries = listing.entries.into_iter().map(|entry| DirectoryEntry {
        name: entry.name,
        path: entry.path,
        git: entry.is_git,
    });
    Ok(Json(DirectoriesResponse {
        path: listing.path,
        parent: listing.parent,
        branch: listing.branch,
        entries: entries.collect(),
        truncated: listing.truncated,
        problem: listing.problem,
    }))
}

/// Lists the directories that sessions worked in, the latest first.
#[utoipa::path(
    get,
    path = "/directories/recent",
    tag = "directories",
    operation_id = "recent_directories",
    responses((status = 200, body = RecentDirectoriesResponse))
)]
pub(crate) async fn recent(
    State(engine): State<Engine>,
) -> Result<Json<RecentDirectoriesResponse>, ApiError> {
    let recent = engine.directories.recent().await?;
    let directories = recent.into_iter().map(|directory| RecentDirectory {
        path: directory.path,
        branch: directory.branch,
        last_used_at: directory.last_used_at,
    });
    Ok(Json(RecentDirectoriesResponse {
        directories: directories.collect(),
    }))
}
