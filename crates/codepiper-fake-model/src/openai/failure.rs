//! Failures in the words of the real API.

use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};

use super::{error_body, reply};
use crate::failure::Failure;

pub(super) fn response(why: Failure, id: &str) -> Response<Body> {
    reply(why.status(), id, &json!({"error": body(why)}))
}

/// The error, as it also stands in a response that failed.
pub(super) fn body(why: Failure) -> Value {
    match why {
        Failure::Status(401) => error_body(why.status(), "Incorrect API key provided: fake."),
        Failure::Status(_) => error_body(why.status(), "scripted failure"),
        Failure::SessionLimit | Failure::WeeklyLimit => json!({
            "type": "usage_limit_reached",
            "message": "The usage limit has been reached",
            "plan_type": "plus",
            "resets_at": why.resets_at(),
        }),
        Failure::ContextFull => json!({
            "type": "invalid_request_error",
            "code": "context_length_exceeded",
            "message": "Your input exceeds the context window of this model. Please adjust your input and try again.",
        }),
    }
}
