//! What happened.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use codepiper_api::{EventsParams, EventsResponse};
use codepiper_engine::{Engine, EventFilter};
use codepiper_model::{EventSource, SessionId};
use tokio::time::timeout;

use crate::error::ApiError;
use crate::extract::{Id, Params};

/// The longest a reader may wait for something to happen.
const WAIT_MAX_MS: u64 = 60_000;

/// Lists what happened in all sessions.
#[utoipa::path(
    get,
    path = "/events",
    tag = "events",
    params(EventsParams),
    responses((status = 200, body = EventsResponse))
)]
pub(crate) async fn all(
    State(engine): State<Engine>,
    Params(params): Params<EventsParams>,
) -> Result<Json<EventsResponse>, ApiError> {
    read(&engine, None, params).await
}

/// Lists what happened in a session.
#[utoipa::path(
    get,
    path = "/sessions/{id}/events",
    tag = "events",
    params(Id, EventsParams),
    responses((status = 200, body = EventsResponse))
)]
pub(crate) async fn of_session(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(params): Params<EventsParams>,
) -> Result<Json<EventsResponse>, ApiError> {
    read(&engine, Some(id), params).await
}

/// Lists what was read in a session's transcript.
#[utoipa::path(
    get,
    path = "/sessions/{id}/transcript/events",
    tag = "events",
    operation_id = "transcript_events",
    params(Id, EventsParams),
    responses((status = 200, body = EventsResponse))
)]
pub(crate) async fn of_transcript(
    State(engine): State<Engine>,
    Id(id): Id,
    Params(mut params): Params<EventsParams>,
) -> Result<Json<EventsResponse>, ApiError> {
    params.source = Some(EventSource::Transcript.as_str().to_owned());
    read(&engine, Some(id), params).await
}

async fn read(
    engine: &Engine,
    session_id: Option<SessionId>,
    params: EventsParams,
) -> Result<Json<EventsResponse>, ApiError> {
    let wait = Duration::from_millis(params.wait_ms.unwrap_or(0));
    let filter = filter(session_id, params)?;
    let mut latest = engine.events.latest();
    let found = async {
        loop {
            latest.borrow_and_update();
            let (events, has_more) = engine.events.query(filter.clone()).await?;
            if !events.is_empty() || wait.is_zero() || latest.changed().await.is_err() {
                return Ok::<_, ApiError>(EventsResponse { events, has_more });
            }
        }
    };
    if wait.is_zero() {
        return found.await.map(Json);
    }
    let nothing = EventsResponse {
        events: Vec::new(),
        has_more: false,
    };
    timeout(wait, found).await.unwrap_or(Ok(nothing)).map(Json)
}

fn filter(session_id: Option<SessionId>, params: EventsParams) -> Result<EventFilter, ApiError> {
    let wrong = |field: &str, message: String| {
        Err(ApiError::bad_request(
            "invalid_request",
            Some(field.to_owned()),
            message,
        ))
    };
    let limit = super::checked_limit(params.limit)?;
    if params.wait_ms.is_some_and(|wait| wait > WAIT_MAX_MS) {
        return wrong("waitMs", format!("`waitMs` is at most {WAIT_MAX_MS}"));
    }
    for (field, place) in [("since", params.since), ("before", params.before)] {
        if place.is_some_and(|place| place < 0) {
            return wrong(field, format!("`{field}` is the id of an event, 0 or more"));
        }
    }
    let source = match params
        .source
        .as_deref()
        .map(|name| (name, EventSource::parse(name)))
    {
        None => None,
        Some((_, Some(source))) => Some(source),
        Some((name, None)) => {
            let known: Vec<&str> = EventSource::ALL
                .iter()
                .map(|source| source.as_str())
                .collect();
            let shown: String = name.chars().take(40).collect();
            return wrong(
                "source",
                format!("`source` is one of {}, not `{shown}`", known.join(", ")),
            );
        }
    };
    let descending = match params.order.as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return wrong("order", "`order` is `asc` or `desc`".to_owned()),
    };
    let (since, before, kind) = (params.since, params.before, params.kind);
    Ok(EventFilter {
        session_id,
        since,
        before,
        source,
        kind,
        limit,
        descending,
    })
}
