//! Reading requests, with errors that name the field.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use codepiper_api::ErrorBody;
use codepiper_model::SessionId;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The most bytes a body may have.
const BODY_MAX: usize = 1024 * 1024;

/// A JSON body of at most `MAX` bytes.
pub(crate) struct Body<T, const MAX: usize = BODY_MAX>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned, const MAX: usize> FromRequest<S> for Body<T, MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = axum::body::to_bytes(request.into_body(), MAX)
            .await
            .map_err(|error| {
                let too_large = std::error::Error::source(&error)
                    .is_some_and(|source| source.to_string().contains("length limit"));
                if too_large {
                    let message = format!("the body has more than {MAX} bytes");
                    ApiError::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        ErrorBody::new("too_large", message),
                    )
                } else {
                    ApiError::bad_request("unreadable_body", None, "the body broke off")
                }
            })?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            wrong(&path, &error.into_inner().to_string())
        })?;
        json.end().map_err(|error| wrong(".", &error.to_string()))?;
        Ok(Self(value))
    }
}

/// The parameters behind the question mark.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let detail = text
                    .split_once("query string: ")
                    .map_or(text.as_str(), |(_, d)| d);
                let (path, message) = detail.split_once(": ").unwrap_or((".", detail));
                Err(wrong(path, message))
            }
        }
    }
}

/// The session named in the path. What is no id names no session.
pub(crate) struct Id(pub(crate) SessionId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| {
                ApiError::new(
                    StatusCode::NOT_FOUND,
                    ErrorBody::new("session_not_found", "the path holds no session id"),
                )
            })?;
        text.parse()
            .map(Self)
            .map_err(|error: codepiper_model::IdError| {
                let body = ErrorBody::new(
                    "session_not_found",
                    format!("there is no such session: {error}"),
                );
                ApiError::new(StatusCode::NOT_FOUND, body)
            })
    }
}

/// `message` is serde's; the field it speaks of is in its path, or in its first backticks.
fn wrong(path: &str, message: &str) -> ApiError {
    let message = message.split(" at line ").next().unwrap_or(message);
    let named = |word: &str| {
        let (_, rest) = message.split_once(word)?;
        rest.split('`').next().map(str::to_owned)
    };
    let inner = named("unknown field `").or_else(|| named("missing field `"));
    let field = match (path, inner) {
        (".", None) => None,
        (".", Some(field)) => Some(field),
        (path, Some(field)) if !path.ends_with(&field) => Some(format!("{path}.{field}")),
        (path, _) => Some(path.to_owned()),
    };
    let shown: String = message.chars().take(400).collect();
    let text = match &field {
        Some(field) => format!("`{field}`: {shown}"),
        None => format!("the body is not the JSON it should be: {shown}"),
    };
    ApiError::bad_request("invalid_request", field, text)
}
