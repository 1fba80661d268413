//! The chains of the audit.

use axum::Json;
use axum::extract::State;
use codepiper_api::{EntriesParams, EntriesResponse, VerifyParams};
use codepiper_engine::{Engine, EntryFilter, Verification};

use crate::error::ApiError;
use crate::extract::Params;

/// Checks that the audit is as it was written.
#[utoipa::path(
    get,
    path = "/audit/verify",
    tag = "audit",
    params(VerifyParams),
    responses((status = 200, body = Verification))
)]
pub(crate) async fn verify(
    State(engine): State<Engine>,
    Params(params): Params<VerifyParams>,
) -> Result<Json<Verification>, ApiError> {
    Ok(Json(engine.audit.verify(params.head).await?))
}

/// Lists what came after the decisions, and what else has to be accounted for, newest first.
#[utoipa::path(
    get,
    path = "/audit/entries",
    tag = "audit",
    params(EntriesParams),
    responses((status = 200, body = EntriesResponse))
)]
pub(crate) async fn entries(
    State(engine): State<Engine>,
    Params(params): Params<EntriesParams>,
) -> Result<Json<EntriesResponse>, ApiError> {
    let limit = super::checked_limit(params.limit)?;
    let filter = EntryFilter {
        kind: params.kind,
        decision_id: params.decision_id,
        since: params.since,
        until: params.until,
        text: super::checked_text(params.text)?,
    };
    let entries = engine.audit.entries(filter, params.before, limit).await?;
    Ok(Json(EntriesResponse { entries }))
}
