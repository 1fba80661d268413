//! The Responses API (`OpenAI`), as far as Codex uses it.

mod answer;
mod failure;
mod request;
mod stream;
mod tools;
mod usage;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use axum::routing::get;
use serde_json::{Value, json};

use crate::recorder::Kind;
use crate::server::Shared;

pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/responses", get(no_websocket).post(responses))
        .route("/v1/models", get(models))
}

/// Codex asks its own provider for a WebSocket first. This is the answer that makes it do without
/// at once.
async fn no_websocket(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let id = shared
        .recorder
        .record(Kind::Other, uri.path(), &headers, &Value::Null);
    error(
        StatusCode::UPGRADE_REQUIRED,
        &id,
        "the fake model has no WebSocket",
    )
}

async fn responses(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        let id = shared
            .recorder
            .record(Kind::Other, uri.path(), &headers, &Value::Null);
        return error(StatusCode::BAD_REQUEST, &id, "the body is not JSON");
    };
    let kind = request::kind(&body);
    let id = shared.recorder.record(kind, uri.path(), &headers, &body);
    answer::answer(&body, kind, &id, shared)
}

/// No model of ours is in it: an agent falls back to what it knows of the one it is told to use.
async fn models(State(shared): State<Shared>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let id = shared
        .recorder
        .record(Kind::Other, uri.path(), &headers, &Value::Null);
    reply(StatusCode::OK, &id, &json!({"models": []}))
}

fn reply(status: StatusCode, id: &str, body: &Value) -> Response<Body> {
    respond(status, id, "application/json", Body::from(body.to_string()))
}

fn respond(status: StatusCode, id: &str, content_type: &str, body: Body) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("x-request-id", format!("req_{id}"))
        .body(body);
    response.unwrap_or_default()
}

fn error(status: StatusCode, id: &str, message: &str) -> Response<Body> {
    reply(status, id, &json!({"error": error_body(status, message)}))
}

fn error_body(status: StatusCode, message: &str) -> Value {
    let (kind, code) = match status.as_u16() {
        400 => ("invalid_request_error", "invalid_prompt"),
        401 => ("invalid_request_error", "invalid_api_key"),
        429 => ("rate_limit_error", "rate_limit_exceeded"),
        _ => ("server_error", "server_error"),
    };
    json!({"type": kind, "code": code, "message": message})
}
