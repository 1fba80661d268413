//! Workflows: what they say.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use codepiper_api::{Success, WorkflowRequest};
use codepiper_engine::{Engine, EngineError, NewWorkflow, WorkflowView};
use codepiper_workflow::{PlannedList, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entrance::SecondLook;
use crate::error::ApiError;
use crate::extract::{Body, Name};

/// Workflows.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkflowsResponse {
    /// The newest first.
    workflows: Vec<WorkflowView>,
}

/// One workflow.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkflowResponse {
    /// The workflow.
    workflow: WorkflowView,
}

/// Workflows to begin with.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkflowTemplatesResponse {
    /// All that there are.
    templates: Vec<WorkflowTemplate>,
}

/// A workflow to begin with.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkflowTemplate {
    /// Its name.
    name: &'static str,
    /// What it is for.
    description: &'static str,
    /// Its definition in YAML, with comments that explain it.
    source: &'static str,
}

/// What is wrong with a definition.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ValidateWorkflowResponse {
    /// Whether nothing is.
    valid: bool,
    /// Everything that is.
    validation_errors: Vec<Problem>,
}

/// What a definition would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanWorkflowResponse {
    /// Its parts in order.
    plan: Vec<PlannedList>,
}

/// Lists the workflows.
#[utoipa::path(
    get,
    path = "/workflows",
    tag = "workflows",
    responses((status = 200, body = WorkflowsResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<WorkflowsResponse>, ApiError> {
    let workflows = engine.workflows.list().await?;
    Ok(Json(WorkflowsResponse { workflows }))
}

/// Keeps a workflow.
#[utoipa::path(
    post,
    path = "/workflows",
    tag = "workflows",
    request_body = WorkflowRequest,
    responses((status = 201, body = WorkflowResponse))
)]
pub(crate) async fn create(
    State(engine): State<Engine>,
    _: SecondLook,
    Body(request): Body<WorkflowRequest>,
) -> Result<(StatusCode, Json<WorkflowResponse>), ApiError> {
    let workflow = engine.workflows.create(new(request)?).await?;
    Ok((StatusCode::CREATED, Json(WorkflowResponse { workflow })))
}

/// Says everything that is wrong with a definition; nothing is kept.
#[utoipa::path(
    post,
    path = "/workflows/validate",
    tag = "workflows",
    request_body = WorkflowRequest,
    responses((status = 200, body = ValidateWorkflowResponse))
)]
pub(crate) async fn validate(
    State(engine): State<Engine>,
    Body(request): Body<WorkflowRequest>,
) -> Result<Json<ValidateWorkflowResponse>, ApiError> {
    let validation_errors = engine.workflows.validate(&new(request)?.source);
    Ok(Json(ValidateWorkflowResponse {
        valid: validation_errors.is_empty(),
        validation_errors,
    }))
}

/// Says what a definition would do; nothing is kept.
#[utoipa::path(
    post,
    path = "/workflows/plan",
    tag = "workflows",
    request_body = WorkflowRequest,
    responses((status = 200, body = PlanWorkflowResponse))
)]
pub(crate) async fn plan(
    State(engine): State<Engine>,
    Body(request): Body<WorkflowRequest>,
) -> Result<Json<PlanWorkflowResponse>, ApiError> {
    let plan = engine.workflows.plan(&new(request)?.source)?;
    Ok(Json(PlanWorkflowResponse { plan }))
}

/// Lists workflows to begin with.
#[utoipa::path(
    get,
    path = "/workflows/templates",
    tag = "workflows",
    responses((status = 200, body = WorkflowTemplatesResponse))
)]
pub(crate) async fn templates() -> Json<WorkflowTemplatesResponse> {
    let templates = codepiper_workflow::templates()
        .iter()
        .map(|ready| WorkflowTemplate {
            name: ready.name,
            description: ready.description,
            source: ready.text,
        });
    let templates = templates.collect();
    Json(WorkflowTemplatesResponse { templates })
}

/// The JSON Schema of a definition, for editors.
#[utoipa::path(
    get,
    path = "/workflows/schema",
    tag = "workflows",
    responses((
        status = 200,
        body = serde_json::Value,
        content_type = "application/schema+json",
        description = "A JSON Schema (draft 2020-12)"
    ))
)]
pub(crate) async fn schema() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "application/schema+json")],
        codepiper_workflow::SCHEMA,
    )
}

/// Shows a workflow.
#[utoipa::path(
    get,
    path = "/workflows/{id}",
    tag = "workflows",
    params(("id" = String, Path, description = "The workflow")),
    responses((status = 200, body = WorkflowResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
) -> Result<Json<WorkflowResponse>, ApiError> {
    let workflow = engine.workflows.get(&id).await?;
    Ok(Json(WorkflowResponse { workflow }))
}

/// Changes a workflow; executions that are under way go on with what they began with.
#[utoipa::path(
    put,
    path = "/workflows/{id}",
    tag = "workflows",
    params(("id" = String, Path, description = "The workflow")),
    request_body = WorkflowRequest,
    responses((status = 200, body = WorkflowResponse))
)]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Name(id): Name,
    _: SecondLook,
    Body(request): Body<WorkflowRequest>,
) -> Result<Json<WorkflowResponse>, ApiError> {
    if request.id.as_ref().is_some_and(|other| *other != id) {
        let message = format!("a workflow keeps its id `{id}`");
        return Err(EngineError::invalid("id", message).into());
    }
    let workflow = engine.workflows.update(&id, new(request)?).await?;
    Ok(Json(WorkflowResponse { workflow }))
}

/// Removes a workflow with the executions it had; not while one is under way.
#[utoipa::path(
    delete,
    path = "/workflows/{id}",
    tag = "workflows",
    params(("id" = String, Path, description = "The workflow")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Name(id): Name,
    _: SecondLook,
) -> Result<Json<Success>, ApiError> {
    engine.workflows.delete(&id).await?;
    Ok(Json(Success { success: true }))
}

/// A definition as text, whichever way it came.
fn new(request: WorkflowRequest) -> Result<NewWorkflow, ApiError> {
    let source = match (request.source, request.definition) {
        (Some(source), None) => source,
        (None, Some(mut definition)) => {
            // What comes as an object may have its name beside it.
            if let (Some(fields), Some(name)) = (definition.as_object_mut(), &request.name) {
                fields.insert("name".to_owned(), name.as_str().into());
            }
            serde_json::to_string_pretty(&definition).map_err(EngineError::internal)?
        }
        _ => {
            let message = "either `definition` (an object) or `source` (a text) is needed";
            return Err(EngineError::invalid("definition", message).into());
        }
    };
    Ok(NewWorkflow {
        id: request.id,
        name: request.name,
        description: request.description,
        source,
    })
}
