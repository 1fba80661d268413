//! The Anthropic Messages API, as far as Claude Code uses it.

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
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::recorder::Kind;
use crate::server::Shared;

pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(hello))
        .route("/v1/messages", post(messages))
        .route("/v1/messages/count_tokens", post(count_tokens))
        .fallback(unknown)
}

/// Claude Code asks for `/` to see whether the host can be reached.
async fn hello(State(shared): State<Shared>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let id = shared
        .recorder
        .record(Kind::Other, uri.path(), &headers, &Value::Null);
    reply(StatusCode::OK, &id, &json!({"fake": "model"}))
}

async fn messages(
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

async fn count_tokens(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let id = shared
        .recorder
        .record(Kind::Other, uri.path(), &headers, &body);
    reply(
        StatusCode::OK,
        &id,
        &json!({"input_tokens": usage::counted(&body)}),
    )
}

async fn unknown(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let id = shared
        .recorder
        .record(Kind::Other, uri.path(), &headers, &body);
    error(
        StatusCode::NOT_FOUND,
        &id,
        "the fake model has no such path",
    )
}

fn reply(status: StatusCode, id: &str, body: &Value) -> Response<Body> {
    respond(status, id, "application/json", Body::from(body.to_string()))
}

fn respond(status: StatusCode, id: &str, content_type: &str, body: Body) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("request-id", format!("req_{id}"))
        .body(body);
    response.unwrap_or_default()
}

fn error(status: StatusCode, id: &str, message: &str) -> Response<Body> {
    reply(status, id, &error_body(status, id, message))
}

fn error_body(status: StatusCode, id: &str, message: &str) -> Value {
    let kind = match status.as_u16() {
        400 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        _ => "api_error",
    };
    let error = json!({"type": kind, "message": message});
    json!({"type": "error", "error": error, "request_id": format!("req_{id}")})
}
