//! What agents' hooks report.

use axum::Json;
use axum::extract::{Request, State};
use codepiper_api::{HookAnswer, HookRequest, SECRET_HEADER};
use codepiper_engine::{Engine, EngineError, HookReport};

use crate::error::ApiError;
use crate::extract::read_body;
use crate::reading::lenient;

/// The most bytes that a report may have: what an agent gives its hooks, at most 64 MiB, and what
/// is around it.
const REPORT_MAX: usize = 65 * 1024 * 1024;

/// From here on a report is large.
const LARGE: usize = 64 * 1024;

/// The session says which agent it is; each has its own path for those who look at requests.
pub(crate) async fn report(
    State(engine): State<Engine>,
    request: Request,
) -> Result<Json<HookAnswer>, ApiError> {
    let secret = request.headers().get(SECRET_HEADER);
    let secret = secret
        .and_then(|secret| secret.to_str().ok())
        .map(str::to_owned);
    let body = read_body(request, REPORT_MAX).await?;
    // A large one takes long enough to keep others waiting.
    let report = if body.len() > LARGE {
        let read = tokio::task::spawn_blocking(move || read_report(&body));
        read.await
            .map_err(|error| EngineError::Internal(error.to_string()))?
    } else {
        read_report(&body)
    }?;
    let reply = engine
        .hooks
        .report(report, secret.as_deref().unwrap_or_default())
        .await?;
    Ok(Json(HookAnswer {
        success: true,
        decision: reply.decision,
        stdout: reply.stdout,
        stderr: reply.stderr,
        exit_code: reply.exit_code,
    }))
}

fn read_report(body: &[u8]) -> Result<HookReport, ApiError> {
    let request: HookRequest = serde_json::from_slice(body).map_err(|error| {
        // Its own words would repeat what was sent.
        let at = format!("line {}, column {}", error.line(), error.column());
        let message = format!("the body is no hook's report (at {at})");
        ApiError::bad_request("invalid_request", None, message)
    })?;
    let (data, unreadable) = match lenient::read(request.data.get()) {
        Some(data) => (data, false),
        None => (serde_json::json!({}), true),
    };
    Ok(HookReport {
        session_id: request.session_id,
        event: request.event,
        data,
        size: body.len(),
        unreadable,
        delivery_id: request.delivery_id,
        at: request.at,
    })
}
