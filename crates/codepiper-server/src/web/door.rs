//! The way into the API from the web.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::HttpBody as _;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::http::header::{RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use codepiper_api::ErrorBody;
use codepiper_engine::{Engine, EngineError, Origin};
use codepiper_model::{Actor, SignIn, SignInStage, Via};
use tokio::time::Instant;

use super::config::WebConfig;
use super::lasting::while_signed_in;
use super::limits::Calls;
use super::{Peer, client, cookie, gate};
use crate::entrance::Entrance;
use crate::error::ApiError;

/// What the doors of the web share.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) engine: Engine,
    pub(super) config: Arc<WebConfig>,
    calls: Arc<Calls>,
}

/// Who knocks.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) origin: Origin,
    /// Whether the browser speaks TLS.
    pub(super) is_secure: bool,
    pub(super) sign_in: Option<SignIn>,
}

impl Door {
    pub(super) fn new(engine: Engine, config: WebConfig) -> Self {
        Self {
            engine,
            calls: Arc::new(Calls::new(config.calls)),
            config: Arc::new(config),
        }
    }

    fn is_secure(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        self.config.force_secure || client::is_secure(peer, headers, &self.config.proxies)
    }

    fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> Origin {
        let user_agent = headers
            .get(USER_AGENT)
            .and_then(|value| value.to_str().ok());
        Origin {
            address: client::address(peer, headers, &self.config.proxies),
            user_agent: user_agent.unwrap_or_default().to_owned(),
        }
    }

    /// The sign-in that a request shows.
    async fn sign_in(
        &self,
        headers: &HeaderMap,
        is_secure: bool,
    ) -> Result<Option<SignIn>, EngineError> {
        for token in cookie::shown(headers, is_secure) {
            let found = self.engine.auth.sign_in_of(&token).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// Refuses what is not for us or comes from a stranger's page: before anything else.
pub(super) async fn outer(State(door): State<Door>, request: Request, next: Next) -> Response {
    match gate::check(request.method(), request.headers(), &door.config.hosts) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// Counts the call, and finds out who makes it.
pub(super) async fn greet(
    State(door): State<Door>,
    ConnectInfo(Peer {
        address: peer,
        place,
    }): ConnectInfo<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    place.let_pause(false);
    // Before anything is looked up: a flood costs the database nothing.
    let origin = door.origin(peer.ip(), request.headers());
    if let Err(rest) = door.calls.take(origin.address, Instant::now()) {
        return busy(rest.as_secs() + 1);
    }
    let is_secure = door.is_secure(peer.ip(), request.headers());
    let sign_in = match door.sign_in(request.headers(), is_secure).await {
        Ok(sign_in) => sign_in,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let visitor = Visitor {
        origin,
        is_secure,
        sign_in,
    };
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// Lets in who is signed in.
pub(super) async fn inner(
    State(engine): State<Engine>,
    ConnectInfo(Peer { place, .. }): ConnectInfo<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    let sign_in = visitor.and_then(|visitor| visitor.sign_in.clone());
    let Some(sign_in) = sign_in.filter(|sign_in| sign_in.stage == SignInStage::Full) else {
        return not_signed_in().into_response();
    };
    let id = sign_in.id.clone();
    request.extensions_mut().insert(Actor::Owner);
    request.extensions_mut().insert(Entrance {
        via: Via::Dashboard,
        sign_in: Some(sign_in),
    });
    place.know();
    let response = while_signed_in(engine, id, next.run(request)).await;
    // What is shown live, or said over a WebSocket, has its own rules.
    let is_whole = response.body().size_hint().exact().is_some();
    place.let_pause(!is_whole || response.status() == StatusCode::SWITCHING_PROTOCOLS);
    response
}

pub(super) fn not_signed_in() -> ApiError {
    let body = ErrorBody::new("not_signed_in", "nobody is signed in");
    ApiError::new(StatusCode::UNAUTHORIZED, body.with_hint("sign in first"))
}

fn busy(seconds: u64) -> Response {
    let message = format!("too many calls from one address; the next one is in {seconds} s");
    let body = ErrorBody::new("too_many_calls", message);
    let body = body.with_detail("retryAfter", seconds.into());
    let mut response = ApiError::new(StatusCode::TOO_MANY_REQUESTS, body).into_response();
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
