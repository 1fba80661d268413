//! Whether a session could start somewhere, before it is asked for.

use axum::Json;
use axum::extract::State;
use codepiper_api::{ValidateBranchRequest, ValidateDirectoryRequest};
use codepiper_engine::{BranchCheck, DirectoryCheck, Engine};

use crate::error::ApiError;
use crate::extract::Body;

/// Says whether a session can start in a directory, and what git says of it.
#[utoipa::path(
    post,
    path = "/sessions/validate",
    tag = "sessions",
    operation_id = "validate_directory",
    request_body = ValidateDirectoryRequest,
    responses((status = 200, body = DirectoryCheck))
)]
pub(crate) async fn directory(
    State(engine): State<Engine>,
    Body(request): Body<ValidateDirectoryRequest>,
) -> Result<Json<DirectoryCheck>, ApiError> {
    Ok(Json(engine.git.check_directory(&request.cwd).await?))
}

/// Says whether a worktree for a session can be on a branch.
#[utoipa::path(
    post,
    path = "/sessions/validate-git",
    tag = "sessions",
    operation_id = "validate_branch",
    request_body = ValidateBranchRequest,
    responses((status = 200, body = BranchCheck))
)]
pub(crate) async fn branch(
    State(engine): State<Engine>,
    Body(request): Body<ValidateBranchRequest>,
) -> Result<Json<BranchCheck>, ApiError> {
    let ValidateBranchRequest {
        cwd,
        branch,
        create_branch,
    } = request;
    let check = engine.git.check_branch(&cwd, &branch, create_branch);
    Ok(Json(check.await?))
}
