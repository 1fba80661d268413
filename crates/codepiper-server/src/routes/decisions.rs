//! The audit.

use axum::Json;
use axum::extract::State;
use codepiper_api::{DecisionsParams, DecisionsResponse, VerifyParams};
use codepiper_engine::{DecisionFilter, Engine, Verification};
use codepiper_model::DecisionKind;

use crate::error::ApiError;
use crate::extract::Params;

pub(crate) async fn list(
    State(engine): State<Engine>,
    Params(params): Params<DecisionsParams>,
) -> Result<Json<DecisionsResponse>, ApiError> {
    let limit = super::checked_limit(params.limit)?;
    let decision = match params
        .decision
        .as_deref()
        .map(|name| (name, DecisionKind::parse(name)))
    {
        None => None,
        Some((_, Some(kind))) => Some(kind),
        Some((name, None)) => {
            let known = DecisionKind::ALL.map(DecisionKind::as_str).join(", ");
            let shown: String = name.chars().take(40).collect();
            let message = format!("`decision` is one of {known}, not `{shown}`");
            return Err(ApiError::bad_request(
                "invalid_request",
                Some("decision".to_owned()),
                message,
            ));
        }
    };
    let filter = DecisionFilter {
        session_id: params.session_id,
        decision,
        before: params.before,
        limit,
        ..DecisionFilter::default()
    };
    let decisions = engine.audit.decisions(filter).await?;
    Ok(Json(DecisionsResponse { decisions }))
}

/// Whether the audit is as it was written.
pub(crate) async fn verify(
    State(engine): State<Engine>,
    Params(params): Params<VerifyParams>,
) -> Result<Json<Verification>, ApiError> {
    Ok(Json(engine.audit.verify(params.head).await?))
}
