//! What agents changed, seen with git.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use codepiper_api::{
    CommentsRequest, CommitRequest, DiffParams, FileParams, LogParams, PathsRequest, SendResponse,
    Side, Success, UndoRequest,
};
use codepiper_engine::{
    Committed, Diff, DiffOf, Discarded, Engine, EngineError, FileContent, FileStat, GitBranches,
    GitStatus, InputKind, LineComment, LogEntry, SendPrompt, TurnsView,
};
use codepiper_model::{Actor, SessionId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, Id, Params};

/// Commits asked for where nobody says how many.
const LOG_USUAL: usize = 50;

/// The history.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogResponse {
    /// The latest first.
    log: Vec<LogEntry>,
}

/// How much differs.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiffStatResponse {
    /// File by file.
    files: Vec<FileStat>,
}

async fn cwd(engine: &Engine, id: SessionId) -> Result<PathBuf, ApiError> {
    Ok(engine.sessions.get(id).await?.cwd)
}

/// Says what differs in the repository of a session.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/status",
    tag = "git",
    params(Id),
    responses((status = 200, body = GitStatus))
)]
pub(crate) async fn status(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<GitStatus>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    Ok(Json(engine.git.status(&cwd).await?))
}

/// Lists the branches.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/branches",
    tag = "git",
    params(Id),
    responses((status = 200, body = GitBranches))
)]
pub(crate) async fn branches(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<GitBranches>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    Ok(Json(engine.git.branches(&cwd).await?))
}

/// Shows the history.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/log",
    tag = "git",
    params(Id, LogParams),
    responses((status = 200, body = LogResponse))
)]
pub(crate) async fn log(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<LogParams>,
) -> Result<Json<LogResponse>, ApiError> {
    let limit = super::checked_limit(params.limit.or(Some(LOG_USUAL)))?;
    let cwd = cwd(&engine, id).await?;
    let (tip, path) = (params.tip.as_deref(), params.path.as_deref());
    let log = engine.git.log(&cwd, limit, tip, path).await?;
    Ok(Json(LogResponse { log }))
}

/// What is compared; none: a turn that changed nothing.
async fn diff_of(
    engine: &Engine,
    id: SessionId,
    params: DiffParams,
) -> Result<Option<DiffOf>, ApiError> {
    if let Some(turn) = params.turn {
        let others = [
            ("staged", params.staged),
            ("commit", params.commit.is_some()),
            ("commitA", params.commit_a.is_some()),
            ("commitB", params.commit_b.is_some()),
            ("base", params.base.is_some()),
            ("ref", params.tip.is_some()),
        ];
        if let Some((other, _)) = others.into_iter().find(|(_, is_given)| *is_given) {
            let message = format!("`turn` and `{other}` do not go together; leave one out");
            return Err(EngineError::invalid("turn", message).into());
        }
        let trees = engine.turns.trees(id, turn).await?;
        return Ok(trees.map(|(before, after)| DiffOf {
            commit_a: Some(before),
            commit_b: Some(after),
            path: params.path,
            orig_path: params.orig_path,
            ..DiffOf::default()
        }));
    }
    let (commit, tip) = match params.base {
        None => (params.commit.or(params.tip), None),
        Some(_) => (params.commit, params.tip),
    };
    Ok(Some(DiffOf {
        staged: params.staged,
        commit,
        commit_a: params.commit_a,
        commit_b: params.commit_b,
        base: params.base,
        tip,
        path: params.path,
        orig_path: params.orig_path,
    }))
}

/// Lists the turns of a session's agent, and how much each changed.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/turns",
    tag = "git",
    params(Id),
    responses((status = 200, body = TurnsView))
)]
pub(crate) async fn turns(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<TurnsView>, ApiError> {
    Ok(Json(engine.turns.list(id).await?))
}

/// Shows what differs, line by line.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/diff",
    tag = "git",
    params(Id, DiffParams),
    responses((status = 200, body = Diff))
)]
pub(crate) async fn diff(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<DiffParams>,
) -> Result<Json<Diff>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    let diff = match diff_of(&engine, id, params).await? {
        Some(of) => engine.git.diff(&cwd, &of).await?,
        None => Diff::default(),
    };
    Ok(Json(diff))
}

/// Says how much differs, file by file.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/diff-stat",
    tag = "git",
    params(Id, DiffParams),
    responses((status = 200, body = DiffStatResponse))
)]
pub(crate) async fn diff_stat(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<DiffParams>,
) -> Result<Json<DiffStatResponse>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    let files = match diff_of(&engine, id, params).await? {
        Some(of) => engine.git.diff_stat(&cwd, &of).await?,
        None => Vec::new(),
    };
    Ok(Json(DiffStatResponse { files }))
}

/// Shows a file's text.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/file",
    tag = "git",
    params(Id, FileParams),
    responses((status = 200, body = FileContent))
)]
pub(crate) async fn file(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<FileParams>,
) -> Result<Json<FileContent>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    let file = engine.git.file(&cwd, &params.commit, &params.path);
    Ok(Json(file.await?))
}

/// Hands out a file: a picture to look at, anything else to keep.
#[utoipa::path(
    get,
    path = "/sessions/{id}/git/file-raw",
    tag = "git",
    params(Id, FileParams),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"))
)]
pub(crate) async fn file_raw(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<FileParams>,
) -> Result<Response, ApiError> {
    let cwd = cwd(&engine, id).await?;
    let file = engine.git.file_raw(&cwd, &params.commit, &params.path);
    let file = file.await?;
    let shown = if file.picture.is_some() {
        "inline"
    } else {
        "attachment"
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            file.picture.unwrap_or("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, shown),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, file.bytes).into_response())
}

/// Puts files into the next commit.
#[utoipa::path(
    post,
    path = "/sessions/{id}/git/stage",
    tag = "git",
    params(Id),
    request_body = PathsRequest,
    responses((status = 200, body = Success))
)]
pub(crate) async fn stage(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<PathsRequest>,
) -> Result<Json<Success>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    engine.git.stage(&cwd, &request.paths).await?;
    Ok(Json(Success { success: true }))
}

/// Takes files out of the next commit.
#[utoipa::path(
    post,
    path = "/sessions/{id}/git/unstage",
    tag = "git",
    params(Id),
    request_body = PathsRequest,
    responses((status = 200, body = Success))
)]
pub(crate) async fn unstage(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<PathsRequest>,
) -> Result<Json<Success>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    engine.git.unstage(&cwd, &request.paths).await?;
    Ok(Json(Success { success: true }))
}

/// Commits what is staged.
#[utoipa::path(
    post,
    path = "/sessions/{id}/git/commit",
    tag = "git",
    params(Id),
    request_body = CommitRequest,
    responses((status = 200, body = Committed))
)]
pub(crate) async fn commit(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<CommitRequest>,
) -> Result<Json<Committed>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    let made = engine.git.commit(&cwd, &request.message, request.amend);
    Ok(Json(made.await?))
}

/// Makes files again what the index says they are; what they were is kept for a while.
#[utoipa::path(
    post,
    path = "/sessions/{id}/git/discard",
    tag = "git",
    params(Id),
    request_body = PathsRequest,
    responses((status = 200, body = Discarded))
)]
pub(crate) async fn discard(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<PathsRequest>,
) -> Result<Json<Discarded>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    Ok(Json(engine.git.discard(&cwd, &request.paths).await?))
}

/// Makes files again what they were before they were discarded.
#[utoipa::path(
    post,
    path = "/sessions/{id}/git/undo",
    tag = "git",
    params(Id),
    request_body = UndoRequest,
    responses((status = 200, body = Discarded))
)]
pub(crate) async fn undo(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<UndoRequest>,
) -> Result<Json<Discarded>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    Ok(Json(engine.git.undo(&cwd, &request.undo_id).await?))
}

/// Sends comments on lines to the agent, as one prompt.
#[utoipa::path(
    post,
    path = "/sessions/{id}/git/comments",
    tag = "git",
    params(Id),
    request_body = CommentsRequest,
    responses((status = 200, body = SendResponse))
)]
pub(crate) async fn comments(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    Body(request): Body<CommentsRequest>,
) -> Result<Json<SendResponse>, ApiError> {
    let cwd = cwd(&engine, id).await?;
    let comments = request.comments.into_iter().map(|comment| LineComment {
        path: comment.path,
        is_old: comment.side == Side::Old,
        line: comment.line,
        end_line: comment.end_line.unwrap_or(comment.line),
        text: comment.text,
    });
    let comments: Vec<_> = comments.collect();
    let note = request.note.as_deref();
    let text = engine.git.comments(&cwd, &comments, note).await?;
    let prompt = SendPrompt {
        text,
        images: Vec::new(),
        kind: InputKind::Prompt,
        enter: true,
        key: None,
        steer: false,
        by: actor,
        wait: false,
        timeout: None,
    };
    let sent = engine.sessions.send(id, prompt).await?;
    Ok(Json(SendResponse {
        receipt: sent.receipt,
        reply: sent.reply,
        success: true,
    }))
}
