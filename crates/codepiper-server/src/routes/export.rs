//! The audit as a file, as long as it may be: it is read as fast as it is taken.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use codepiper_api::{ExportFormat, ExportParams};
use codepiper_engine::{AuditQuery, DecisionFilter, Engine, EntryFilter, Export};
use futures_util::stream;

use crate::csv;
use crate::error::ApiError;
use crate::exported::Exported;
use crate::extract::Params;

/// Streams the audit as a file, oldest first.
#[utoipa::path(
    get,
    path = "/audit/export",
    tag = "audit",
    params(ExportParams),
    responses((
        status = 200,
        description = "One row a line: JSON, or with `format=csv` comma-separated values",
        content((String = "application/x-ndjson"), (String = "text/csv"))
    ))
)]
pub(crate) async fn export(
    State(engine): State<Engine>,
    Params(mut params): Params<ExportParams>,
) -> Result<Response, ApiError> {
    let text = super::checked_text(params.text.take())?;
    let (format, since, until) = (params.format, params.since, params.until);
    if let Some(field) = out_of_place(&params) {
        let message = if params.entries {
            format!("`{field}` is for decisions; leave `entries` out")
        } else {
            format!("`{field}` is for entries; give `entries=true`")
        };
        let field = Some(field.to_owned());
        return Err(ApiError::bad_request("invalid_request", field, message));
    }
    if params.entries {
        let filter = EntryFilter {
            kind: params.kind,
            decision_id: params.decision_id,
            since,
            until,
            text,
        };
        return Ok(answer(engine.audit.export_entries(filter), format));
    }
    let filter = DecisionFilter {
        session_id: params.session_id,
        decision: params.decision,
        tool_name: params.tool_name,
        outcome: params.outcome,
        policy_id: params.policy_id,
        rule_id: params.rule_id,
        actor: params.actor,
        since,
        until,
        text,
    };
    let export = engine.audit.export_decisions(filter).await?;
    Ok(answer(export, format))
}

/// A filter that the chain does not have.
fn out_of_place(params: &ExportParams) -> Option<&'static str> {
    let of_decisions = [
        ("sessionId", params.session_id.is_some()),
        ("decision", params.decision.is_some()),
        ("toolName", params.tool_name.is_some()),
        ("outcome", params.outcome.is_some()),
        ("policyId", params.policy_id.is_some()),
        ("ruleId", params.rule_id.is_some()),
        ("actor", params.actor.is_some()),
    ];
    let of_entries = [
        ("kind", params.kind.is_some()),
        ("decisionId", params.decision_id.is_some()),
    ];
    let wrong = if params.entries {
        &of_decisions[..]
    } else {
        &of_entries[..]
    };
    wrong.iter().find(|(_, is_given)| *is_given).map(|it| it.0)
}

/// Streams an export. Where it cannot be read to its end the answer breaks off, which HTTP tells from
/// an end.
fn answer<Q: AuditQuery>(export: Export<Q>, format: ExportFormat) -> Response
where
    Q::Row: Exported,
{
    let (kind, name) = match format {
        ExportFormat::Jsonl => ("application/x-ndjson", "jsonl"),
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    let mut head = Vec::new();
    if format == ExportFormat::Csv {
        csv::write_row(&mut head, Q::Row::HEAD);
    }
    let pieces = stream::try_unfold((export, head), move |(mut export, mut piece)| async move {
        let rows = export.next().await.map_err(|error| {
            tracing::error!(%error, "an export of the audit breaks off");
            io::Error::other(error)
        })?;
        if rows.is_none() && piece.is_empty() {
            return Ok::<_, io::Error>(None);
        }
        for row in rows.into_iter().flatten() {
            row.write(&mut piece, format)?;
        }
        Ok(Some((Bytes::from(piece), (export, Vec::new()))))
    });
    let name = format!("attachment; filename=\"codepiper-audit.{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, &name),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}
