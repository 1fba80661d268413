//! What was decided.

use axum::Json;
use axum::extract::State;
use codepiper_api::{DecisionsParams, DecisionsResponse};
use codepiper_engine::{DecisionFilter, Engine};

use crate::error::ApiError;
use crate::extract::Params;

/// Lists what was decided on tool calls, newest first.
#[utoipa::path(
    get,
    path = "/policy-decisions",
    tag = "audit",
    operation_id = "decisions",
    params(DecisionsParams),
    responses((status = 200, body = DecisionsResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Params(params): Params<DecisionsParams>,
) -> Result<Json<DecisionsResponse>, ApiError> {
    let limit = super::checked_limit(params.limit)?;
    let filter = DecisionFilter {
        session_id: params.session_id,
        decision: params.decision,
        tool_name: params.tool_name,
        outcome: params.outcome,
        policy_id: params.policy_id,
        rule_id: params.rule_id,
        actor: params.actor,
        since: params.since,
        until: params.until,
        text: super::checked_text(params.text)?,
    };
    let found = engine.audit.decisions(filter, params.before, limit);
    let decisions = found.await?;
    Ok(Json(DecisionsResponse { decisions }))
}
