//! The dashboard, and the API for browsers: HTTP on TCP.

mod assets;
mod auth;
mod client;
mod config;
mod cookie;
mod door;
mod gate;
mod headers;
mod limits;
mod listener;

use std::net::SocketAddr;

use axum::extract::connect_info::Connected;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::serve::IncomingStream;
use axum::{Extension, Json, Router};
use codepiper_engine::Engine;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use config::{DEFAULT_PORT, Proxies, WebConfig, WebConfigError};

use crate::routes;
use crate::stream::Stop;
use door::Door;
use listener::Prompt;

/// The doors of the web, open but not answered yet.
pub struct Web {
    listeners: Vec<TcpListener>,
    config: WebConfig,
}

/// Why the web is not served.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve the dashboard on `{address}`: {source}")]
pub struct WebError {
    address: SocketAddr,
    source: std::io::Error,
}

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, Prompt>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Prompt>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Web {
    /// Listens.
    pub async fn bind(config: WebConfig) -> Result<Self, WebError> {
        let mut listeners = Vec::new();
        for address in &config.listen {
            let bound = TcpListener::bind(address).await;
            listeners.push(bound.map_err(|source| WebError {
                address: *address,
                source,
            })?);
        }
        Ok(Self { listeners, config })
    }

    /// Where it listens.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let addresses = self.listeners.iter().map(TcpListener::local_addr);
        addresses.filter_map(Result::ok).collect()
    }

    /// Answers until `stop`.
    pub(crate) async fn serve(self, engine: Engine, stop: CancellationToken) {
        let app = app(engine, self.config).layer(Extension(Stop(stop.clone())));
        let doors = self.listeners.into_iter().map(|listener| {
            let app = app.clone().into_make_service_with_connect_info::<Peer>();
            let stop = stop.clone().cancelled_owned();
            async move {
                if let Err(error) = axum::serve(Prompt(listener), app)
                    .with_graceful_shutdown(stop)
                    .await
                {
                    tracing::error!(%error, "the dashboard is not served any more");
                }
            }
        });
        futures_util::future::join_all(doors).await;
    }
}

fn app(engine: Engine, config: WebConfig) -> Router {
    let door = Door::new(engine.clone(), config);
    let signing_in = Router::new()
        .route("/auth/status", get(auth::status))
        .route("/auth/login", post(auth::login))
        .route("/auth/logout", post(auth::logout))
        .route("/auth/mfa/setup", post(auth::offer_authenticator))
        .route("/auth/mfa/verify", post(auth::verify_authenticator))
        .route("/health", get(|| async { Json(json!({ "status": "ok" })) }))
        .with_state(door.clone());
    let signed_in = Router::new()
        .route("/auth/confirm", post(auth::confirm))
        .route("/auth/password", post(auth::change_password))
        .with_state(door.clone())
        .fallback_service(routes::shared(engine))
        .layer(from_fn(door::inner));
    let api = signing_in
        .fallback_service(signed_in)
        .layer(from_fn_with_state(door.clone(), door::greet));
    Router::new()
        .nest("/api", api)
        .fallback(assets::serve)
        .layer(from_fn_with_state(door, door::outer))
        .layer(from_fn(headers::add))
}
