//! Reading requests, with errors that name the field.

use std::future::ready;
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::EXPECT;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use codepiper_api::ErrorBody;
use codepiper_model::SessionId;
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout, timeout_at};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Ref, Required};

use crate::error::ApiError;
use crate::reading::{Misfit, Tree};

/// The most bytes a body may have.
const BODY_MAX: usize = 1024 * 1024;

/// How long a body may take at least, and how many bytes win it another second.
const BODY_TIME: Duration = Duration::from_secs(10);
const BODY_PACE: usize = 16 * 1024;

/// How long the sender of too large a body gets to finish.
const REST: Duration = Duration::from_secs(1);

/// A JSON body of at most `MAX` bytes.
pub(crate) struct Body<T, const MAX: usize = BODY_MAX>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned, const MAX: usize> FromRequest<S> for Body<T, MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = read_body(request, MAX).await?;
        if bytes.trim_ascii().is_empty() {
            let message = "the body is empty; it has to be a JSON object";
            return Err(ApiError::bad_request("invalid_request", None, message));
        }
        Ok(Self(Tree::from_json(&bytes)?.read()?))
    }
}

/// No body, or one without content: the path says it all.
pub(crate) struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = read_body(request, BODY_MAX).await?;
        if !bytes.is_empty() {
            Tree::from_json(&bytes)?.read::<Nothing>()?;
        }
        Ok(Self)
    }
}

/// What has no fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

pub(crate) async fn read_body(request: Request, max: usize) -> Result<Vec<u8>, ApiError> {
    let asks_first = request.headers().contains_key(EXPECT);
    let body = request.into_body();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut pieces = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut too_large = announced > max;
    let begun = Instant::now();
    while !too_large {
        let won = Duration::from_secs((bytes.len() / BODY_PACE) as u64);
        let next = timeout_at(begun + BODY_TIME + won, pieces.next()).await;
        let Some(piece) = next.map_err(|_| too_slow())? else {
            break;
        };
        let broke_off = |_| ApiError::bad_request("unreadable_body", None, "the body broke off");
        bytes.extend_from_slice(&piece.map_err(broke_off)?);
        too_large = bytes.len() > max;
    }
    if !too_large {
        return Ok(bytes);
    }
    if !asks_first {
        // Whoever still writes when the connection closes may never read the answer.
        let rest = pieces.take_while(|piece| ready(piece.is_ok()));
        drop(timeout(REST, rest.for_each(|_| ready(()))).await);
    }
    let body = ErrorBody::new("too_large", format!("the body has more than {max} bytes"));
    Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, body))
}

fn too_slow() -> ApiError {
    let body = ErrorBody::new("too_slow", "the body did not arrive in time");
    ApiError::new(StatusCode::REQUEST_TIMEOUT, body)
}

/// The parameters behind the question mark.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(params) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| ApiError::bad_request("invalid_request", None, error.body_text()))?;
        Ok(Self(Tree::from_params(params).read()?))
    }
}

/// Refuses parameters: for paths that take none, where they would be ignored in silence.
pub(crate) async fn no_params(_: Params<Nothing>, request: Request, next: Next) -> Response {
    next.run(request).await
}

/// What the path names, whatever that is called.
pub(crate) struct Name(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // A path of its own, such as `/policies/check`, is what something may be called as well.
        let fixed = parts.extensions.get::<MatchedPath>();
        let fixed = fixed
            .map(MatchedPath::as_str)
            .filter(|path| !path.contains('{'));
        if let Some((_, name)) = fixed.and_then(|path| path.rsplit_once('/')) {
            return Ok(Self(name.to_owned()));
        }
        let Ok(Path(name)) = Path::<String>::from_request_parts(parts, state).await else {
            let body = ErrorBody::new("not_found", "the path is not UTF-8");
            return Err(ApiError::new(StatusCode::NOT_FOUND, body));
        };
        Ok(Self(name))
    }
}

/// The session named in the path. What is no id names no session.
pub(crate) struct Id(pub(crate) SessionId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| no_session("the path is not UTF-8"))?;
        session_id(&text).map(Self)
    }
}

impl IntoParams for Id {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The session"))
            .schema(Some(Ref::from_schema_name("SessionId")));
        vec![id.build()]
    }
}

/// The session named in the path, and something of it.
pub(crate) struct IdAndName(pub(crate) SessionId, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for IdAndName {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((text, name)) = path.map_err(|_| no_session("the path is not UTF-8"))?;
        Ok(Self(session_id(&text)?, name))
    }
}

fn session_id(text: &str) -> Result<SessionId, ApiError> {
    let id = text.parse::<SessionId>();
    let id = id.map_err(|error| no_session(&error.to_string()))?;
    // A session has one name, so that two texts that differ mean two sessions.
    if id.to_string() == text {
        return Ok(id);
    }
    Err(no_session(&format!("`{text}` is not in lower case")))
}

fn no_session(why: &str) -> ApiError {
    let message = format!("there is no such session: {why}");
    let body = ErrorBody::new("session_not_found", message);
    ApiError::new(StatusCode::NOT_FOUND, body)
}

impl From<Misfit> for ApiError {
    fn from(Misfit { field, message }: Misfit) -> Self {
        Self::bad_request("invalid_request", field, message)
    }
}
