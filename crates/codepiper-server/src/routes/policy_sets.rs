//! Sets of policies, and the sessions that they are given to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use codepiper_api::{
    AddPolicyRequest, CreatePolicySetRequest, GivePolicySetRequest, Success, UpdatePolicySetRequest,
};
use codepiper_engine::{Engine, NewSet, SetChange, SetView};
use codepiper_model::Actor;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::extract::{Body, Id, IdAndName, Name, NoBody};

const DONE: Json<Success> = Json(Success { success: true });

pub(crate) async fn list(State(engine): State<Engine>) -> Result<Json<Value>, ApiError> {
    let sets = engine.policies.sets().await?;
    Ok(Json(json!({ "policySets": sets })))
}

/// The sets that come with this, with their files.
pub(crate) async fn ready(State(engine): State<Engine>) -> Result<Json<Value>, ApiError> {
    let sets = engine.policies.ready_sets()?;
    Ok(Json(json!({ "readySets": sets })))
}

pub(crate) async fn create(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Body(request): Body<CreatePolicySetRequest>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let new = NewSet {
        id: request.id,
        name: request.name,
        description: request.description,
        is_default: request.is_default,
        policy_ids: request.policy_ids,
    };
    let set = engine.policies.create_set(new, actor).await?;
    Ok((StatusCode::CREATED, answer(&set)))
}

pub(crate) async fn show(
    State(engine): State<Engine>,
    Name(id): Name,
) -> Result<Json<Value>, ApiError> {
    Ok(answer(&engine.policies.set(&id).await?))
}

pub(crate) async fn update(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
    Body(request): Body<UpdatePolicySetRequest>,
) -> Result<Json<Value>, ApiError> {
    let change = SetChange {
        name: request.name,
        description: request
            .description
            .map(|text| Some(text).filter(|text| !text.trim().is_empty())),
        is_default: request.is_default,
    };
    Ok(answer(
        &engine.policies.update_set(&id, change, actor).await?,
    ))
}

pub(crate) async fn delete(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.policies.delete_set(&id, actor).await?;
    Ok(DONE)
}

pub(crate) async fn add(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Name(id): Name,
    Body(request): Body<AddPolicyRequest>,
) -> Result<Json<Success>, ApiError> {
    let policy = &request.policy_id;
    engine.policies.add_to_set(&id, policy, actor).await?;
    Ok(DONE)
}

pub(crate) async fn remove(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Path((id, policy)): Path<(String, String)>,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.policies.remove_from_set(&id, &policy, actor).await?;
    Ok(DONE)
}

/// The sets that a session has.
pub(crate) async fn of_session(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<Value>, ApiError> {
    let sets = engine.policies.sets_of(id).await?;
    Ok(Json(json!({ "policySets": sets })))
}

/// Every policy that has a say in a session.
pub(crate) async fn effective(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<Value>, ApiError> {
    engine.sessions.get(id).await?;
    let policies = engine.policies.effective(id).await?;
    Ok(Json(json!({ "policies": policies })))
}

pub(crate) async fn give(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Id(id): Id,
    Body(request): Body<GivePolicySetRequest>,
) -> Result<Json<Success>, ApiError> {
    let set = &request.policy_set_id;
    engine.policies.give_set(id, set, actor).await?;
    Ok(DONE)
}

pub(crate) async fn take(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    IdAndName(id, set): IdAndName,
    _: NoBody,
) -> Result<Json<Success>, ApiError> {
    engine.policies.take_set(id, &set, actor).await?;
    Ok(DONE)
}

fn answer(set: &SetView) -> Json<Value> {
    Json(json!({ "policySet": set }))
}
