//! Failures in the words of the real API. What Claude Code tells its user of a limit stands in
//! headers.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response};
use serde_json::Value;

use super::{error, error_body};
use crate::failure::Failure;

pub(super) fn response(why: Failure, id: &str) -> Response<Body> {
    let mut response = error(why.status(), id, message(why));
    let claim = match why {
        Failure::SessionLimit => "five_hour",
        Failure::WeeklyLimit => "seven_day",
        Failure::Status(_) | Failure::ContextFull => return response,
    };
    let resets_at = HeaderValue::from(why.resets_at().unwrap_or_default());
    for (name, value) in [
        ("status", HeaderValue::from_static("rejected")),
        ("representative-claim", HeaderValue::from_static(claim)),
        ("reset", resets_at),
        ("overage-status", HeaderValue::from_static("rejected")),
        (
            "overage-disabled-reason",
            HeaderValue::from_static("org_level_disabled"),
        ),
    ] {
        if let Ok(name) = format!("anthropic-ratelimit-unified-{name}").parse::<HeaderName>() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The document, which is also an event of a stream.
pub(super) fn body(why: Failure, id: &str) -> Value {
    error_body(why.status(), id, message(why))
}

fn message(why: Failure) -> &'static str {
    match why {
        Failure::Status(401) => "Invalid authentication credentials",
        Failure::Status(529) => "Overloaded",
        Failure::Status(_) => "scripted failure",
        Failure::SessionLimit | Failure::WeeklyLimit => {
            "This request would exceed your account's rate limit. Please try again later."
        }
        Failure::ContextFull => "prompt is too long: 210000 tokens > 200000 maximum",
    }
}
