//! Sets of secret variables. A value is answered to nobody but who asks for that one, and is looked at
//! twice.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use codepiper_api::{
    CreateEnvSetRequest, ImportEnvSetRequest, RevealVariableRequest, Success, UpdateEnvSetRequest,
};
use codepiper_engine::{Engine, EnvSetChange, EnvSetView, NewEnvSet};
use codepiper_model::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use crate::entrance::SecondLook;
use crate::error::ApiError;
use crate::extract::{Body, Name};

/// Sets of variables.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvSetsResponse {
    /// By their names.
    env_sets: Vec<EnvSetView>,
}

/// One set.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvSetResponse {
    /// The set, without its values.
    env_set: EnvSetView,
}

/// A value.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevealedResponse {
    /// The variable.
    name: String,
    /// Its value.
    value: String,
}

/// Lists the sets of variables, without their values.
#[utoipa::path(
    get,
    path = "/env-sets",
    tag = "env-sets",
    responses((status = 200, body = EnvSetsResponse))
)]
pub(crate) async fn list(State(engine): State<Engine>) -> Result<Json<EnvSetsResponse>, ApiError> {
    let env_sets = engine.env_sets.list().await?;
    Ok(Json(EnvSetsResponse { env_sets }))
}

/// Makes a set of variables.
#[utoipa::path(
    post,
    path = "/env-sets",
    tag = "env-sets",
    request_body = CreateEnvSetRequest,
    responses((status = 201, body = EnvSetResponse))
)]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Body(request): Body<CreateEnvSetRequest>,
) -> Result<(StatusCode, Json<EnvSetResponse>), ApiError> {
    let new = NewEnvSet {
        name: request.name,
        description: request.description,
        vars: request.vars,
    };
    let env_set = engine.env_sets.create(new, actor).await?;
    Ok((StatusCode::CREATED, Json(EnvSetResponse { env_set })))
}

/// Shows a set of variables, without their values.
#[utoipa::path(
    get,
    path = "/env-sets/{id}",
    tag = "env-sets",
    params(("id" = String, Path, description = "The set")),
    responses((status = 200, body = EnvSetResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
) -> Result<Json<EnvSetResponse>, ApiError> {
    let env_set = engine.env_sets.get(&id).await?;
    Ok(Json(EnvSetResponse { env_set }))
}

/// Changes a set of variables; those that are not spoken of keep their values.
#[utoipa::path(
    put,
    path = "/env-sets/{id}",
    tag = "env-sets",
    params(("id" = String, Path, description = "The set")),
    request_body = UpdateEnvSetRequest,
    responses((status = 200, body = EnvSetResponse))
)]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
    Body(request): Body<UpdateEnvSetRequest>,
) -> Result<Json<EnvSetResponse>, ApiError> {
    let change = EnvSetChange {
        name: request.name,
        description: request.description,
        vars: request.vars,
        unset: request.unset,
    };
    let env_set = engine.env_sets.update(&id, change, actor).await?;
    Ok(Json(EnvSetResponse { env_set }))
}

/// Removes a set of variables; sessions that run keep what they were given.
#[utoipa::path(
    delete,
    path = "/env-sets/{id}",
    tag = "env-sets",
    params(("id" = String, Path, description = "The set")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
) -> Result<Json<Success>, ApiError> {
    engine.env_sets.delete(&id, actor).await?;
    Ok(Json(Success { success: true }))
}

/// Sets the variables of a `.env` text, and keeps the others.
#[utoipa::path(
    post,
    path = "/env-sets/{id}/import",
    tag = "env-sets",
    params(("id" = String, Path, description = "The set")),
    request_body = ImportEnvSetRequest,
    responses((status = 200, body = EnvSetResponse))
)]
pub(crate) async fn import(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
    Body(request): Body<ImportEnvSetRequest>,
) -> Result<Json<EnvSetResponse>, ApiError> {
    let env_set = engine.env_sets.import(&id, &request.text, actor).await?;
    Ok(Json(EnvSetResponse { env_set }))
}

/// Shows one value of a set.
#[utoipa::path(
    post,
    path = "/env-sets/{id}/reveal",
    tag = "env-sets",
    params(("id" = String, Path, description = "The set")),
    request_body = RevealVariableRequest,
    responses((status = 200, body = RevealedResponse))
)]
pub(crate) async fn reveal(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
    _: SecondLook,
    Body(request): Body<RevealVariableRequest>,
) -> Result<Json<RevealedResponse>, ApiError> {
    let value = engine.env_sets.reveal(&id, &request.name, actor).await?;
    let name = request.name;
    Ok(Json(RevealedResponse { name, value }))
}
