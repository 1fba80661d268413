//! Directories that people work in, with what new sessions there are.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use codepiper_api::{
    CreateWorkspaceRequest, Success, UpdateWorkspaceRequest, WorkspaceDefaultsRequest, WorktreeWish,
};
use codepiper_engine::{Engine, NewWorkspace, WorkspaceDefaults, WorkspaceView, WorktreeChoice};
use codepiper_model::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::extract::{Body, Name};

/// Workspaces.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkspacesResponse {
    /// By their names.
    workspaces: Vec<WorkspaceView>,
}

/// One workspace.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkspaceResponse {
    /// The workspace.
    workspace: WorkspaceView,
}

/// Lists the workspaces.
#[utoipa::path(
    get,
    path = "/workspaces",
    tag = "workspaces",
    responses((status = 200, body = WorkspacesResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<WorkspacesResponse>, ApiError> {
    let workspaces = engine.workspaces.list().await?;
    Ok(Json(WorkspacesResponse { workspaces }))
}

/// Makes a workspace.
#[utoipa::path(
    post,
    path = "/workspaces",
    tag = "workspaces",
    request_body = CreateWorkspaceRequest,
    responses((status = 201, body = WorkspaceResponse))
)]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Extension(entrance): Extension<Entrance>,
    Extension(actor): Extension<Actor>,
    Body(request): Body<CreateWorkspaceRequest>,
) -> Result<(StatusCode, Json<WorkspaceResponse>), ApiError> {
    if widens(&request.defaults) {
        entrance.look_again(&engine)?;
    }
    let new = NewWorkspace {
        name: request.name,
        path: request.path,
        defaults: changed(WorkspaceDefaults::default(), request.defaults),
    };
    let workspace = engine.workspaces.create(new, actor).await?;
    Ok((StatusCode::CREATED, Json(WorkspaceResponse { workspace })))
}

/// Shows a workspace.
#[utoipa::path(
    get,
    path = "/workspaces/{id}",
    tag = "workspaces",
    params(("id" = String, Path, description = "The workspace")),
    responses((status = 200, body = WorkspaceResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
) -> Result<Json<WorkspaceResponse>, ApiError> {
    let workspace = engine.workspaces.get(&id).await?;
    Ok(Json(WorkspaceResponse { workspace }))
}

/// Changes a workspace; what is not spoken of stays.
#[utoipa::path(
    put,
    path = "/workspaces/{id}",
    tag = "workspaces",
    params(("id" = String, Path, description = "The workspace")),
    request_body = UpdateWorkspaceRequest,
    responses((status = 200, body = WorkspaceResponse))
)]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Name(id): Name,
    Extension(entrance): Extension<Entrance>,
    Extension(actor): Extension<Actor>,
    Body(request): Body<UpdateWorkspaceRequest>,
) -> Result<Json<WorkspaceResponse>, ApiError> {
    let old = engine.workspaces.get(&id).await?;
    let runs = old.defaults.setup_script.is_some() || old.defaults.teardown_script.is_some();
    // Elsewhere, the same name is another program.
    if widens(&request.defaults) || runs && request.path.is_some() {
        entrance.look_again(&engine)?;
    }
    let new = NewWorkspace {
        name: request.name.unwrap_or(old.name),
        path: request.path.unwrap_or(old.path),
        defaults: changed(old.defaults, request.defaults),
    };
    let workspace = engine.workspaces.update(&id, new, actor).await?;
    Ok(Json(WorkspaceResponse { workspace }))
}

/// Forgets a workspace; its directory and its sessions stay as they are.
#[utoipa::path(
    delete,
    path = "/workspaces/{id}",
    tag = "workspaces",
    params(("id" = String, Path, description = "The workspace")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Name(id): Name,
    Extension(actor): Extension<Actor>,
) -> Result<Json<Success>, ApiError> {
    engine.workspaces.delete(&id, actor).await?;
    Ok(Json(Success { success: true }))
}

/// Whether more may run in its sessions than in any other: a program of somebody's, or what a policy
/// set allows.
fn widens(asked: &WorkspaceDefaultsRequest) -> bool {
    let scripts = [&asked.setup_script, &asked.teardown_script];
    scripts.iter().any(|script| matches!(script, Some(Some(_))))
        || asked
            .policy_set_ids
            .as_ref()
            .is_some_and(|ids| !ids.is_empty())
}

fn changed(old: WorkspaceDefaults, new: WorkspaceDefaultsRequest) -> WorkspaceDefaults {
    WorkspaceDefaults {
        provider: new.provider.unwrap_or(old.provider),
        model: new.model.unwrap_or(old.model),
        billing_mode: new.billing_mode.unwrap_or(old.billing_mode),
        policy_set_ids: new.policy_set_ids.unwrap_or(old.policy_set_ids),
        env_set_ids: new.env_set_ids.unwrap_or(old.env_set_ids),
        worktree: new.worktree.map_or(old.worktree, |wish| match wish {
            WorktreeWish::Never => WorktreeChoice::Never,
            WorktreeWish::Ask => WorktreeChoice::Ask,
            WorktreeWish::Always => WorktreeChoice::Always,
        }),
        setup_script: new.setup_script.unwrap_or(old.setup_script),
        teardown_script: new.teardown_script.unwrap_or(old.teardown_script),
    }
}
