//! The policies that are for one session only.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_api::SessionPolicyRequest;
use codepiper_engine::{Engine, NewPolicy, PolicyChange};
use codepiper_model::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::policies::PoliciesResponse;
use crate::entrance::SecondLook;
use crate::error::ApiError;
use crate::extract::{Body, Id};

/// What became of a session's policy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionPolicyResponse {
    success: bool,
    /// The policy.
    policy_id: String,
    /// `created` or `updated`.
    action: &'static str,
}

/// Lists the policies that are for a session only.
#[utoipa::path(
    get,
    path = "/sessions/{id}/policy",
    tag = "policies",
    operation_id = "session_policies",
    params(Id),
    responses((status = 200, body = PoliciesResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<PoliciesResponse>, ApiError> {
    engine.sessions.get(id).await?;
    let mut policies = engine.policies.list().await?;
    policies.retain(|view| view.policy.session_id == Some(id));
    Ok(Json(PoliciesResponse { policies }))
}

/// Says what holds for a session only: its first policy becomes this, or is made.
#[utoipa::path(
    put,
    path = "/sessions/{id}/policy",
    tag = "policies",
    operation_id = "change_session_policy",
    params(Id),
    request_body = SessionPolicyRequest,
    responses((status = 200, body = SessionPolicyResponse))
)]
pub(crate) async fn change(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Id(id): Id,
    Body(request): Body<SessionPolicyRequest>,
) -> Result<Json<SessionPolicyResponse>, ApiError> {
    engine.sessions.get(id).await?;
    let wanted = request.policy;
    let mut own = engine.policies.list().await?;
    own.retain(|view| view.policy.session_id == Some(id));
    let (changed, action) = if let Some(first) = own.into_iter().next() {
        let change = PolicyChange {
            name: Some(wanted.name),
            description: wanted.description.map(Some),
            enabled: Some(wanted.enabled),
            priority: Some(wanted.priority),
            rules: Some(wanted.rules),
        };
        let policy_id = first.policy.id;
        let changed = engine.policies.update(&policy_id, change, actor).await?;
        (changed, "updated")
    } else {
        let new = NewPolicy {
            id: Some(format!("{id}-policy")),
            name: wanted.name,
            description: wanted.description,
            enabled: wanted.enabled,
            priority: wanted.priority,
            session_id: Some(id),
            rules: wanted.rules,
        };
        (engine.policies.create(new, actor).await?, "created")
    };
    Ok(Json(SessionPolicyResponse {
        success: true,
        policy_id: changed.policy.id,
        action,
    }))
}
