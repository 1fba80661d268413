//! Workflows: how they run.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use codepiper_api::{
    AnswerStepRequest, ErrorBody, ExecuteWorkflowRequest, ExecutionParams, ExecutionsParams,
    Success, WorkflowLogParams,
};
use codepiper_engine::{Answered, Engine, Execute, ExecutionView, QuestionView, StepView};
use codepiper_model::{Actor, Timestamp};
use codepiper_workflow::ExecutionStatus;
use serde::Serialize;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::entrance::SecondLook;
use crate::error::ApiError;
use crate::extract::{Body, Name, NoBody, Params};

const DONE: Json<Success> = Json(Success { success: true });

/// The most lines or executions at once, and the longest wait.
const LIMIT: usize = 1000;
const WAIT_MAX: u64 = 60;

/// An execution that has begun.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExecuteWorkflowResponse {
    /// Its id.
    execution_id: String,
    /// How it stands.
    status: ExecutionStatus,
}

/// Executions.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExecutionsResponse {
    /// The latest first.
    executions: Vec<ExecutionView>,
}

/// What waits for a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionsResponse {
    /// All that is asked now.
    questions: Vec<QuestionView>,
}

/// One execution.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExecutionResponse {
    /// How it stands.
    execution: ExecutionView,
    /// Its steps, as far as they have begun, in the order of the workflow.
    steps: Vec<StepView>,
    /// Names what is shown here, for whoever wants to hear when it changes.
    revision: String,
}

impl ExecutionResponse {
    fn new((execution, steps): (ExecutionView, Vec<StepView>)) -> Self {
        let shown = serde_json::to_string(&(&execution, &steps)).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        shown.hash(&mut hasher);
        Self {
            execution,
            steps,
            revision: format!("{:016x}", hasher.finish()),
        }
    }
}

/// Lines of a log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkflowLogResponse {
    /// The lines in order.
    lines: Vec<WorkflowLogLine>,
    /// How the execution stands.
    status: ExecutionStatus,
}

/// A line of a log.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkflowLogLine {
    /// Its number, for `after`.
    id: i64,
    /// When.
    timestamp: Timestamp,
    /// The step, with its rounds.
    step: Option<String>,
    /// `info`, `log`, `warning` or `error`.
    level: String,
    /// What happened.
    message: String,
}

/// Begins an execution.
#[utoipa::path(
    post,
    path = "/workflows/{id}/execute",
    tag = "executions",
    params(("id" = String, Path, description = "The workflow")),
    request_body = ExecuteWorkflowRequest,
    responses((status = 202, body = ExecuteWorkflowResponse))
)]
pub(crate) async fn execute(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
    _: SecondLook,
    Body(request): Body<ExecuteWorkflowRequest>,
) -> Result<(StatusCode, Json<ExecuteWorkflowResponse>), ApiError> {
    let with = Execute {
        variables: request.variables,
        provider: request.provider,
        by: actor,
    };
    let execution_id = engine.workflows.execute(&id, with).await?;
    let begun = ExecuteWorkflowResponse {
        execution_id,
        status: ExecutionStatus::Pending,
    };
    Ok((StatusCode::ACCEPTED, Json(begun)))
}

/// Lists the executions of all workflows.
#[utoipa::path(
    get,
    path = "/workflows/executions",
    tag = "executions",
    params(ExecutionsParams),
    responses((status = 200, body = ExecutionsResponse))
)]
pub(crate) async fn all(
    State(engine): State<Engine>,
    Params(params): Params<ExecutionsParams>,
) -> Result<Json<ExecutionsResponse>, ApiError> {
    listed(&engine, None, params).await
}

/// Lists the executions of a workflow.
#[utoipa::path(
    get,
    path = "/workflows/{id}/executions",
    tag = "executions",
    params(("id" = String, Path, description = "The workflow"), ExecutionsParams),
    responses((status = 200, body = ExecutionsResponse))
)]
pub(crate) async fn of_workflow(
    State(engine): State<Engine>,
    Name(id): Name,
    Params(params): Params<ExecutionsParams>,
) -> Result<Json<ExecutionsResponse>, ApiError> {
    listed(&engine, Some(id), params).await
}

async fn listed(
    engine: &Engine,
    workflow: Option<String>,
    params: ExecutionsParams,
) -> Result<Json<ExecutionsResponse>, ApiError> {
    let status = params.status.map(|said| {
        serde_json::from_value(json!(said)).map_err(|_| {
            let message = format!(
                "`{said}` is no status: `pending`, `running`, `completed`, `failed`, `cancelled`"
            );
            let mut body = ErrorBody::new("invalid_request", message);
            body.field = Some("status".to_owned());
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, body)
        })
    });
    let limit = params.limit.unwrap_or(100);
    if !(1..=LIMIT).contains(&limit) {
        let message = format!("`limit` is 1 to {LIMIT}");
        let mut body = ErrorBody::new("invalid_request", message);
        body.field = Some("limit".to_owned());
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, body));
    }
    let status = status.transpose()?;
    let executions = engine.workflows.executions(workflow, status, limit).await?;
    Ok(Json(ExecutionsResponse { executions }))
}

/// Lists what steps ask a person.
#[utoipa::path(
    get,
    path = "/workflows/questions",
    tag = "executions",
    responses((status = 200, body = QuestionsResponse))
)]
pub(crate) async fn questions(
    State(engine): State<Engine>,
) -> Result<Json<QuestionsResponse>, ApiError> {
    let questions = engine.workflows.questions().await?;
    Ok(Json(QuestionsResponse { questions }))
}

/// Shows an execution with its steps, and waits for a change of it.
#[utoipa::path(
    get,
    path = "/workflows/executions/{id}",
    tag = "executions",
    params(("id" = String, Path, description = "The execution"), ExecutionParams),
    responses((status = 200, body = ExecutionResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
    Params(params): Params<ExecutionParams>,
) -> Result<Json<ExecutionResponse>, ApiError> {
    let mut changes = engine.workflows.changes();
    let read = || async {
        let found = engine.workflows.execution(&id).await?;
        Ok::<_, ApiError>(ExecutionResponse::new(found))
    };
    let mut shown = read().await?;
    let patience = Duration::from_secs(params.wait.unwrap_or(0).min(WAIT_MAX));
    let waited = timeout(patience, async {
        while Some(&shown.revision) == params.revision.as_ref()
            && !shown.execution.status.is_final()
        {
            if !changed(&mut changes, &id).await {
                break;
            }
            shown = read().await?;
        }
        Ok::<_, ApiError>(())
    });
    // The same as before is an answer as well.
    if let Ok(answer) = waited.await {
        answer?;
    }
    Ok(Json(shown))
}

/// Waits until an execution may have changed; `false` when nobody tells any more.
async fn changed(changes: &mut Receiver<String>, id: &str) -> bool {
    loop {
        match changes.recv().await {
            Ok(other) if other != id => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Shows an execution of a workflow with its steps.
#[utoipa::path(
    get,
    path = "/workflows/{id}/executions/{execution}",
    tag = "executions",
    params(
        ("id" = String, Path, description = "The workflow"),
        ("execution" = String, Path, description = "The execution"),
    ),
    responses((status = 200, body = ExecutionResponse))
)]
pub(crate) async fn show_of(
    State(engine): State<Engine>,
    Path((id, execution)): Path<(String, String)>,
) -> Result<Json<ExecutionResponse>, ApiError> {
    let found = of(&engine, &id, &execution).await?;
    Ok(Json(ExecutionResponse::new(found)))
}

/// An execution that is one of this workflow's.
async fn of(
    engine: &Engine,
    workflow: &str,
    id: &str,
) -> Result<(ExecutionView, Vec<StepView>), ApiError> {
    let found = engine.workflows.execution(id).await?;
    if found.0.workflow_id == workflow {
        return Ok(found);
    }
    let message = format!("workflow `{workflow}` has no execution `{id}`");
    let body = ErrorBody::new("execution_not_found", message);
    Err(ApiError::new(StatusCode::NOT_FOUND, body))
}

/// Reads an execution's log, and waits for more of it.
#[utoipa::path(
    get,
    path = "/workflows/executions/{id}/log",
    tag = "executions",
    params(("id" = String, Path, description = "The execution"), WorkflowLogParams),
    responses((status = 200, body = WorkflowLogResponse))
)]
pub(crate) async fn log(
    State(engine): State<Engine>,
    Name(id): Name,
    Params(params): Params<WorkflowLogParams>,
) -> Result<Json<WorkflowLogResponse>, ApiError> {
    let limit = params.limit.unwrap_or(LIMIT).clamp(1, LIMIT);
    let after = params.after.unwrap_or(0);
    let patience = Duration::from_secs(params.wait.unwrap_or(0).min(WAIT_MAX));
    let mut changes = engine.workflows.changes();
    let read = || async {
        // The state first: a line that comes between the two is not the last one then.
        let (execution, _) = engine.workflows.execution(&id).await?;
        let lines = engine.workflows.log(&id, after, limit).await?;
        Ok::<_, ApiError>((execution.status, lines))
    };
    let (mut status, mut lines) = read().await?;
    let waited = timeout(patience, async {
        while lines.is_empty() && !status.is_final() {
            if !changed(&mut changes, &id).await {
                break;
            }
            (status, lines) = read().await?;
        }
        Ok::<_, ApiError>(())
    });
    // Nothing new is an answer as well.
    if let Ok(answer) = waited.await {
        answer?;
    }
    let lines = lines.into_iter().map(|line| WorkflowLogLine {
        id: line.id,
        timestamp: line.timestamp,
        step: line.step,
        level: line.level,
        message: line.message,
    });
    let lines = lines.collect();
    Ok(Json(WorkflowLogResponse { lines, status }))
}

/// Ends an execution; what is to be done at its end is done.
#[utoipa::path(
    post,
    path = "/workflows/executions/{id}/cancel",
    tag = "executions",
    params(("id" = String, Path, description = "The execution")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn cancel(
    State(engine): State<Engine>,
    Name(id): Name,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.workflows.cancel(&id).await?;
    Ok(DONE)
}

/// Ends an execution of a workflow; what is to be done at its end is done.
#[utoipa::path(
    post,
    path = "/workflows/{id}/executions/{execution}/cancel",
    tag = "executions",
    params(
        ("id" = String, Path, description = "The workflow"),
        ("execution" = String, Path, description = "The execution"),
    ),
    responses((status = 200, body = Success))
)]
pub(crate) async fn cancel_of(
    State(engine): State<Engine>,
    Path((id, execution)): Path<(String, String)>,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    of(&engine, &id, &execution).await?;
    engine.workflows.cancel(&execution).await?;
    Ok(DONE)
}

/// Begins nothing new until it is resumed.
#[utoipa::path(
    post,
    path = "/workflows/executions/{id}/pause",
    tag = "executions",
    params(("id" = String, Path, description = "The execution")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn pause(
    State(engine): State<Engine>,
    Name(id): Name,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.workflows.pause(&id).await?;
    Ok(DONE)
}

/// Goes on.
#[utoipa::path(
    post,
    path = "/workflows/executions/{id}/resume",
    tag = "executions",
    params(("id" = String, Path, description = "The execution")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn resume(
    State(engine): State<Engine>,
    Name(id): Name,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.workflows.resume(&id).await?;
    Ok(DONE)
}

/// Tries once more what failed.
#[utoipa::path(
    post,
    path = "/workflows/executions/{id}/retry",
    tag = "executions",
    params(("id" = String, Path, description = "The execution")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn retry(
    State(engine): State<Engine>,
    Name(id): Name,
    _: SecondLook,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.workflows.retry(&id).await?;
    Ok(DONE)
}

/// Says yes or no to what a step asks.
#[utoipa::path(
    post,
    path = "/workflows/executions/{id}/steps/{step}/answer",
    tag = "executions",
    params(
        ("id" = String, Path, description = "The execution"),
        ("step" = String, Path, description = "The step with its rounds"),
    ),
    request_body = AnswerStepRequest,
    responses((status = 200, body = Success))
)]
pub(crate) async fn answer(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Path((id, step)): Path<(String, String)>,
    Body(request): Body<AnswerStepRequest>,
) -> Result<Json<Success>, ApiError> {
    let answer = Answered {
        yes: request.approve,
        by: actor.to_string(),
        note: request.note,
    };
    engine.workflows.answer(&id, &step, answer).await?;
    Ok(DONE)
}
