//! The sessions.

use std::time::Duration;

use axum::body::Body as Stream;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use codepiper_api::{
    CreateSessionRequest, DefaultActionRequest, ErrorBody, ForkRequest, KeysRequest, ModelRequest,
    ModelResponse, OutputParams, OutputResponse, RenameRequest, ResizeRequest, ResumeMode,
    SendKind, SendRequest, SendResponse, SessionResponse, SessionsResponse, Success, WaitParams,
    WaitResponse,
};
use codepiper_engine::{
    CreateSession, Engine, Explanation, InputKind, NewWorktree, ProviderResume, SendPrompt, Until,
};
use codepiper_model::{Actor, ProcessTree, Session};
use futures_util::stream;

use crate::entrance::{Entrance, SecondLook};
use crate::error::ApiError;
use crate::extract::{Body, Id, NoBody, Params};

/// The longest text that can be sent, and the body it may come in: JSON may escape every byte.
const TEXT_MAX: usize = 1024 * 1024;
pub(crate) const SEND_BODY_MAX: usize = 6 * TEXT_MAX + 4096;

/// The longest that a request may wait.
const WAIT_MAX_MS: u64 = 3_600_000;

/// Lists the sessions, newest first.
#[utoipa::path(
    get,
    path = "/sessions",
    tag = "sessions",
    responses((status = 200, body = SessionsResponse))
)]
pub(crate) async fn list(State(engine): State<Engine>) -> Result<Json<SessionsResponse>, ApiError> {
    Ok(Json(SessionsResponse {
        sessions: engine.sessions.list().await?,
    }))
}

/// Starts a session.
#[utoipa::path(
    post,
    path = "/sessions",
    tag = "sessions",
    request_body = CreateSessionRequest,
    responses((status = 201, body = SessionResponse))
)]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Extension(entrance): Extension<Entrance>,
    Body(request): Body<CreateSessionRequest>,
) -> Result<(StatusCode, Json<SessionResponse>), ApiError> {
    let workspace = match &request.workspace_id {
        Some(id) => Some(engine.workspaces.get(id).await?),
        None => None,
    };
    let defaults = workspace.as_ref().map(|workspace| &workspace.defaults);
    let provider = match &request.provider {
        Some(name) => name
            .parse()
            .map_err(|error: codepiper_model::UnknownProvider| {
                ApiError::bad_request(
                    "unknown_provider",
                    Some("provider".to_owned()),
                    error.to_string(),
                )
            })?,
        None => defaults
            .and_then(|defaults| defaults.provider)
            .ok_or_else(|| missing("provider"))?,
    };
    let wants_none = matches!(request.worktree, Some(None));
    let own_place = workspace.as_ref().map(|workspace| workspace.path.clone());
    let billing_mode = defaults.and_then(|defaults| defaults.billing_mode);
    let mut create = CreateSession {
        id: None,
        provider,
        cwd: request.cwd.or(own_place).ok_or_else(|| missing("cwd"))?,
        args: request.args,
        env: request.env,
        env_set_ids: request.env_set_ids,
        billing_mode: request.billing_mode.or(billing_mode).unwrap_or_default(),
        dangerous_mode: request.dangerous_mode,
        fail_closed: request.fail_closed,
        default_policy_action: request.default_policy_action,
        policy_set_ids: request.policy_set_ids,
        model: request.model,
        name: request.name,
        cols: request.cols,
        rows: request.rows,
        prompt: request.prompt,
        provider_resume: request.provider_resume.map(|old| ProviderResume {
            conversation: old.provider_session_id,
            is_fork: old.mode == ResumeMode::Fork,
        }),
        worktree: request.worktree.flatten().map(|worktree| NewWorktree {
            branch: worktree.branch,
            create_branch: worktree.create_branch,
            start_point: worktree.start_point,
            setup_script: worktree.setup_script,
            teardown_script: worktree.teardown_script,
        }),
        metadata: request.metadata,
    };
    if create.widens() {
        entrance.look_again(&engine)?;
    }
    // What a person has set up for the workspace was looked at then.
    if let Some(workspace) = &workspace {
        workspace.fill(&mut create);
        if wants_none {
            create.worktree = None;
        }
    }
    let session = engine.sessions.create(create, actor).await?;
    Ok((StatusCode::CREATED, Json(SessionResponse { session })))
}

fn missing(field: &str) -> ApiError {
    let message = format!("missing field `{field}`: neither it nor a workspace with one is given");
    ApiError::bad_request("invalid_request", Some(field.to_owned()), message)
}

/// Shows a session.
#[utoipa::path(
    get,
    path = "/sessions/{id}",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = SessionResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<SessionResponse>, ApiError> {
    Ok(Json(SessionResponse {
        session: engine.sessions.get(id).await?,
    }))
}

/// Shows the processes of a session, and what they take of the machine.
#[utoipa::path(
    get,
    path = "/sessions/{id}/processes",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = ProcessTree))
)]
pub(crate) async fn processes(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<ProcessTree>, ApiError> {
    Ok(Json(engine.sessions.processes(id).await?))
}

/// Names a session, or takes its name away.
#[utoipa::path(
    put,
    path = "/sessions/{id}/name",
    tag = "sessions",
    params(Id),
    request_body = RenameRequest,
    responses((status = 200, body = SessionResponse))
)]
pub(crate) async fn rename(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<RenameRequest>,
) -> Result<Json<SessionResponse>, ApiError> {
    let session = engine.sessions.rename(id, request.name.as_deref()).await?;
    Ok(Json(SessionResponse { session }))
}

/// Says what becomes of a request of this session that no rule matches.
#[utoipa::path(
    put,
    path = "/sessions/{id}/default-policy-action",
    tag = "sessions",
    params(Id),
    request_body = DefaultActionRequest,
    responses((status = 200, body = SessionResponse))
)]
pub(crate) async fn change_default_action(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Id(id): Id,
    Body(request): Body<DefaultActionRequest>,
) -> Result<Json<SessionResponse>, ApiError> {
    let policies = &engine.policies;
    policies.change_default(id, request.action, actor).await?;
    let session = engine.sessions.get(id).await?;
    Ok(Json(SessionResponse { session }))
}

/// Gives the terminal another size.
#[utoipa::path(
    post,
    path = "/sessions/{id}/resize",
    tag = "sessions",
    params(Id),
    request_body = ResizeRequest,
    responses((status = 200, body = Success))
)]
pub(crate) async fn resize(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<ResizeRequest>,
) -> Result<Json<Success>, ApiError> {
    engine
        .sessions
        .resize(id, request.cols, request.rows)
        .await?;
    Ok(Json(Success { success: true }))
}

/// Sends a text to the agent.
#[utoipa::path(
    post,
    path = "/sessions/{id}/send",
    tag = "sessions",
    params(Id),
    request_body = SendRequest,
    responses((status = 200, body = SendResponse))
)]
pub(crate) async fn send(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    Body(request): Body<SendRequest, SEND_BODY_MAX>,
) -> Result<Json<SendResponse>, ApiError> {
    check_text(&request.text)?;
    let timeout = checked_timeout("timeoutMs", request.timeout_ms)?;
    let prompt = SendPrompt {
        text: request.text,
        images: request.images,
        kind: match request.kind {
            SendKind::Prompt => InputKind::Prompt,
            SendKind::Command => InputKind::Command,
        },
        enter: request.newline,
        key: request.key,
        steer: request.steer,
        by: actor,
        wait: request.wait,
        timeout,
    };
    let sent = engine.sessions.send(id, prompt).await?;
    Ok(Json(SendResponse {
        receipt: sent.receipt,
        reply: sent.reply,
        success: true,
    }))
}

/// Presses keys in the terminal.
#[utoipa::path(
    post,
    path = "/sessions/{id}/keys",
    tag = "sessions",
    params(Id),
    request_body = KeysRequest,
    responses((status = 200, body = Success))
)]
pub(crate) async fn keys(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    Body(request): Body<KeysRequest>,
) -> Result<Json<Success>, ApiError> {
    engine.sessions.press_keys(id, &request.keys, actor).await?;
    Ok(Json(Success { success: true }))
}

/// Ends the turn that the agent is at.
#[utoipa::path(
    post,
    path = "/sessions/{id}/interrupt",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = Success))
)]
pub(crate) async fn interrupt(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.sessions.interrupt(id, actor).await?;
    Ok(Json(Success { success: true }))
}

/// Asks the agent to end, and sees to it that it does.
#[utoipa::path(
    post,
    path = "/sessions/{id}/stop",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = Success))
)]
pub(crate) async fn stop(
    State(engine): State<Engine>,
    Id(id): Id,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.sessions.stop(id).await?;
    Ok(Json(Success { success: true }))
}

/// Shows the model that the agent was given.
#[utoipa::path(
    get,
    path = "/sessions/{id}/model",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = ModelResponse))
)]
pub(crate) async fn model(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<ModelResponse>, ApiError> {
    let session = engine.sessions.get(id).await?;
    Ok(model_of(&engine, session))
}

/// Gives the agent another model.
#[utoipa::path(
    put,
    path = "/sessions/{id}/model",
    tag = "sessions",
    params(Id),
    request_body = ModelRequest,
    responses((status = 200, body = ModelResponse))
)]
pub(crate) async fn switch_model(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    Body(request): Body<ModelRequest>,
) -> Result<Json<ModelResponse>, ApiError> {
    let switched = engine.sessions.switch_model(id, &request.model, actor);
    Ok(model_of(&engine, switched.await?))
}

fn model_of(engine: &Engine, session: Session) -> Json<ModelResponse> {
    Json(ModelResponse {
        supports_model_switch: engine.sessions.can_switch_model(&session),
        model: session.model,
        provider: session.provider,
        success: true,
    })
}

/// Says why a session is thought to do what it does.
#[utoipa::path(
    get,
    path = "/sessions/{id}/explain",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = Explanation))
)]
pub(crate) async fn explain(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<Explanation>, ApiError> {
    Ok(Json(engine.sessions.explain(id).await?))
}

/// Starts a session that has ended again, with its conversation.
#[utoipa::path(
    post,
    path = "/sessions/{id}/resume",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = SessionResponse))
)]
pub(crate) async fn resume(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    _: NoBody,
) -> Result<Json<SessionResponse>, ApiError> {
    let session = engine.sessions.resume(id, actor).await?;
    Ok(Json(SessionResponse { session }))
}

/// Takes up a session again whose terminal was lost sight of.
#[utoipa::path(
    post,
    path = "/sessions/{id}/recover",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = SessionResponse))
)]
pub(crate) async fn recover(
    State(engine): State<Engine>,
    Id(id): Id,
    _: NoBody,
) -> Result<Json<SessionResponse>, ApiError> {
    let session = engine.sessions.recover(id).await?;
    Ok(Json(SessionResponse { session }))
}

/// Starts a session with a copy of the conversation of this one.
#[utoipa::path(
    post,
    path = "/sessions/{id}/fork",
    tag = "sessions",
    params(Id),
    request_body = ForkRequest,
    responses((status = 201, body = SessionResponse))
)]
pub(crate) async fn fork(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    Body(request): Body<ForkRequest>,
) -> Result<(StatusCode, Json<SessionResponse>), ApiError> {
    let (name, prompt) = (request.name, request.prompt);
    let session = engine.sessions.fork(id, name, prompt, actor).await?;
    Ok((StatusCode::CREATED, Json(SessionResponse { session })))
}

/// Ends the agent and everything that it started, at once.
#[utoipa::path(
    post,
    path = "/sessions/{id}/kill",
    tag = "sessions",
    params(Id),
    responses((status = 200, body = Success))
)]
pub(crate) async fn kill(
    State(engine): State<Engine>,
    Id(id): Id,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.sessions.kill(id).await?;
    Ok(Json(Success { success: true }))
}

/// Shows the screen of the terminal, or its history as plain text.
#[utoipa::path(
    get,
    path = "/sessions/{id}/output",
    tag = "sessions",
    params(Id, OutputParams),
    responses((status = 200, body = OutputResponse))
)]
pub(crate) async fn output(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<OutputParams>,
) -> Result<Json<OutputResponse>, ApiError> {
    if params
        .lines
        .is_some_and(|lines| !(1..=50_000).contains(&lines))
    {
        let message = "`lines` is a number from 1 to 50000";
        return Err(ApiError::bad_request(
            "invalid_request",
            Some("lines".to_owned()),
            message,
        ));
    }
    let shown = engine.sessions.output(id).await?;
    let text = match params.lines {
        None => shown.text,
        Some(lines) => {
            let rows = engine.sessions.history(id, lines).await?;
            rows.iter().flat_map(|row| [row.as_str(), "\n"]).collect()
        }
    };
    let (cols, rows, offset) = (shown.cols, shown.rows, shown.offset);
    Ok(Json(OutputResponse {
        output: text,
        cols,
        rows,
        offset,
    }))
}

/// Streams the screen, and then every byte that the agent writes, until the session ends.
#[utoipa::path(
    get,
    path = "/sessions/{id}/output/stream",
    tag = "sessions",
    params(Id),
    responses((status = 200, description = "The bytes", body = String, content_type = "application/octet-stream"))
)]
pub(crate) async fn output_stream(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let reader = engine.sessions.stream(id).await?;
    let pieces = stream::unfold(reader, |mut reader| async move {
        let bytes = reader.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), reader))
    });
    let headers = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((headers, Stream::from_stream(pieces)).into_response())
}

/// Waits until a session does one of several things.
#[utoipa::path(
    get,
    path = "/sessions/{id}/wait",
    tag = "sessions",
    params(Id, WaitParams),
    responses((status = 200, body = WaitResponse))
)]
pub(crate) async fn wait(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<WaitParams>,
) -> Result<Json<WaitResponse>, ApiError> {
    let parse = |name: &str| {
        name.parse::<Until>().map_err(|message| {
            ApiError::bad_request("invalid_request", Some("until".to_owned()), message)
        })
    };
    let states = params
        .until
        .split(',')
        .map(parse)
        .collect::<Result<Vec<_>, _>>()?;
    let patience = checked_timeout("timeoutMs", params.timeout_ms)?;
    let patience = patience.unwrap_or(Duration::from_mins(1));
    let waited = engine.sessions.wait(id, &states, patience).await?;
    Ok(Json(WaitResponse {
        session: waited.session,
        reached: waited.reached,
    }))
}

fn checked_timeout(field: &str, millis: Option<u64>) -> Result<Option<Duration>, ApiError> {
    if millis.is_some_and(|millis| millis > WAIT_MAX_MS) {
        let message = format!("`{field}` is at most {WAIT_MAX_MS}");
        return Err(ApiError::bad_request(
            "invalid_request",
            Some(field.to_owned()),
            message,
        ));
    }
    Ok(millis.map(Duration::from_millis))
}

/// Refuses a text that is longer than agents take.
pub(crate) fn check_text(text: &str) -> Result<(), ApiError> {
    if text.len() <= TEXT_MAX {
        return Ok(());
    }
    let message = format!("`text` has more than {TEXT_MAX} bytes");
    let body = ErrorBody::new("too_large", message).with_field("text");
    Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, body))
}
