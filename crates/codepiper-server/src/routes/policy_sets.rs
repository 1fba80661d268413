//! Sets of policies, and the sessions that they are given to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use codepiper_api::{
    AddPolicyRequest, CreatePolicySetRequest, GivePolicySetRequest, Success, UpdatePolicySetRequest,
};
use codepiper_engine::{Engine, NewSet, ReadyView, SetChange, SetSummary, SetView};
use codepiper_model::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::policies::PoliciesResponse;
use crate::entrance::SecondLook;
use crate::error::ApiError;
use crate::extract::{Body, Id, IdAndName, Name, NoBody};

const DONE: Json<Success> = Json(Success { success: true });

/// Sets of policies.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PolicySetsResponse {
    /// By their names.
    policy_sets: Vec<SetSummary>,
}

/// One set.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PolicySetResponse {
    /// The set.
    policy_set: SetView,
}

/// The sets that come with this.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadySetsResponse {
    /// The most careful first.
    ready_sets: Vec<ReadyView>,
}

/// Lists the sets of policies.
#[utoipa::path(
    get,
    path = "/policy-sets",
    tag = "policy-sets",
    responses((status = 200, body = PolicySetsResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<PolicySetsResponse>, ApiError> {
    let policy_sets = engine.policies.sets().await?;
    Ok(Json(PolicySetsResponse { policy_sets }))
}

/// Lists the sets that come with this, with their files.
#[utoipa::path(
    get,
    path = "/policy-sets/ready",
    tag = "policy-sets",
    responses((status = 200, body = ReadySetsResponse))
)]
pub(crate) async fn ready(
    State(engine): State<Engine>,
) -> Result<Json<ReadySetsResponse>, ApiError> {
    let ready_sets = engine.policies.ready_sets()?;
    Ok(Json(ReadySetsResponse { ready_sets }))
}

/// Makes a set.
#[utoipa::path(
    post,
    path = "/policy-sets",
    tag = "policy-sets",
    request_body = CreatePolicySetRequest,
    responses((status = 201, body = PolicySetResponse))
)]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Body(request): Body<CreatePolicySetRequest>,
) -> Result<(StatusCode, Json<PolicySetResponse>), ApiError> {
    let new = NewSet {
        id: request.id,
        name: request.name,
        description: request.description,
        is_default: request.is_default,
        policy_ids: request.policy_ids,
    };
    let policy_set = engine.policies.create_set(new, actor).await?;
    Ok((StatusCode::CREATED, Json(PolicySetResponse { policy_set })))
}

/// Shows a set with its policies.
#[utoipa::path(
    get,
    path = "/policy-sets/{id}",
    tag = "policy-sets",
    params(("id" = String, Path, description = "The set")),
    responses((status = 200, body = PolicySetResponse))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
) -> Result<Json<PolicySetResponse>, ApiError> {
    let policy_set = engine.policies.set(&id).await?;
    Ok(Json(PolicySetResponse { policy_set }))
}

/// Changes a set.
#[utoipa::path(
    put,
    path = "/policy-sets/{id}",
    tag = "policy-sets",
    params(("id" = String, Path, description = "The set")),
    request_body = UpdatePolicySetRequest,
    responses((status = 200, body = PolicySetResponse))
)]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Name(id): Name,
    Body(request): Body<UpdatePolicySetRequest>,
) -> Result<Json<PolicySetResponse>, ApiError> {
    let change = SetChange {
        name: request.name,
        description: request
            .description
            .map(|text| Some(text).filter(|text| !text.trim().is_empty())),
        is_default: request.is_default,
    };
    let policy_set = engine.policies.update_set(&id, change, actor).await?;
    Ok(Json(PolicySetResponse { policy_set }))
}

/// Removes a set; its policies stay.
#[utoipa::path(
    delete,
    path = "/policy-sets/{id}",
    tag = "policy-sets",
    params(("id" = String, Path, description = "The set")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Name(id): Name,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.policies.delete_set(&id, actor).await?;
    Ok(DONE)
}

/// Puts a policy into a set.
#[utoipa::path(
    post,
    path = "/policy-sets/{id}/policies",
    tag = "policy-sets",
    params(("id" = String, Path, description = "The set")),
    request_body = AddPolicyRequest,
    responses((status = 200, body = Success))
)]
pub(crate) async fn add(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Name(id): Name,
    Body(request): Body<AddPolicyRequest>,
) -> Result<Json<Success>, ApiError> {
    let policy = &request.policy_id;
    engine.policies.add_to_set(&id, policy, actor).await?;
    Ok(DONE)
}

/// Takes a policy out of a set.
#[utoipa::path(
    delete,
    path = "/policy-sets/{id}/policies/{policy}",
    tag = "policy-sets",
    params(("id" = String, Path, description = "The set"), ("policy" = String, Path, description = "The policy")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn remove(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Path((id, policy)): Path<(String, String)>,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.policies.remove_from_set(&id, &policy, actor).await?;
    Ok(DONE)
}

/// Lists the sets that a session has.
#[utoipa::path(
    get,
    path = "/sessions/{id}/policy-sets",
    tag = "policy-sets",
    params(Id),
    responses((status = 200, body = PolicySetsResponse))
)]
pub(crate) async fn of_session(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<PolicySetsResponse>, ApiError> {
    let policy_sets = engine.policies.sets_of(id).await?;
    Ok(Json(PolicySetsResponse { policy_sets }))
}

/// Lists every policy that has a say in a session.
#[utoipa::path(
    get,
    path = "/sessions/{id}/effective-policies",
    tag = "policy-sets",
    params(Id),
    responses((status = 200, body = PoliciesResponse))
)]
pub(crate) async fn effective(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<PoliciesResponse>, ApiError> {
    engine.sessions.get(id).await?;
    let policies = engine.policies.effective(id).await?;
    Ok(Json(PoliciesResponse { policies }))
}

/// Gives a session a set.
#[utoipa::path(
    post,
    path = "/sessions/{id}/policy-sets",
    tag = "policy-sets",
    params(Id),
    request_body = GivePolicySetRequest,
    responses((status = 200, body = Success))
)]
pub(crate) async fn give(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Id(id): Id,
    Body(request): Body<GivePolicySetRequest>,
) -> Result<Json<Success>, ApiError> {
    let set = &request.policy_set_id;
    engine.policies.give_set(id, set, actor).await?;
    Ok(DONE)
}

/// Takes a set from a session.
#[utoipa::path(
    delete,
    path = "/sessions/{id}/policy-sets/{set}",
    tag = "policy-sets",
    params(Id, ("set" = String, Path, description = "The set")),
    responses((status = 200, body = Success))
)]
pub(crate) async fn take(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    IdAndName(id, set): IdAndName,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.policies.take_set(id, &set, actor).await?;
    Ok(DONE)
}
