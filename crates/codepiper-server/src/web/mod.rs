//! The dashboard, and the API for browsers: HTTP on TCP.

mod assets;
mod auth;
mod client;
mod config;
mod connections;
mod cookie;
mod door;
mod gate;
mod headers;
mod lasting;
mod limits;
mod paced;
mod places;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Json, Router};
use codepiper_engine::Engine;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use config::{DEFAULT_PORT, Proxies, WebConfig, WebConfigError};

use crate::routes;
use crate::stream::{Stop, hub};
use door::Door;
use places::Place;

/// The doors of the web, open but not answered yet.
pub struct Web {
    listeners: Vec<TcpListener>,
    /// The door of `/ws` alone.
    ws: Option<TcpListener>,
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
#[derive(Clone, Debug)]
struct Peer {
    address: SocketAddr,
    place: Arc<Place>,
}

/// What is said to whoever has not signed in.
#[derive(Serialize, ToSchema)]
struct HealthResponse {
    /// Always `ok`.
    status: &'static str,
}

impl Connected<Self> for Peer {
    fn connect_info(peer: Self) -> Self {
        peer
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
        let ws = ws_door(config.ws_port).await;
        Ok(Self {
            listeners,
            ws,
            config,
        })
    }

    /// Where it listens.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let addresses = self.listeners.iter().map(TcpListener::local_addr);
        addresses.filter_map(Result::ok).collect()
    }

    /// Where `/ws` is served alone.
    pub(crate) fn ws_address(&self) -> Option<SocketAddr> {
        self.ws.as_ref().and_then(|ws| ws.local_addr().ok())
    }

    /// Answers until `stop`.
    pub(crate) async fn serve(self, engine: Engine, stop: CancellationToken) {
        let mut of_ws = self.config.clone();
        // Its pages come from the other door.
        of_ws.hosts.extend(pages(&self.addresses()));
        let all = app(engine.clone(), self.config).layer(Extension(Stop(stop.clone())));
        let only = ws_app(engine, of_ws).layer(Extension(Stop(stop.clone())));
        let doors = self
            .listeners
            .into_iter()
            .map(|listener| (listener, all.clone()));
        let doors = doors.chain(self.ws.map(|listener| (listener, only)));
        let doors = doors.map(|(listener, app)| connections::answer(listener, app, stop.clone()));
        futures_util::future::join_all(doors).await;
    }
}

/// Listens for `/ws` alone. That is for clients of old: without it everything else is served.
async fn ws_door(port: u16) -> Option<TcpListener> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    if let Err(error) = &bound {
        tracing::warn!(%error, "cannot serve `/ws` on port {port} too; CODEPIPER_WS_PORT names another");
    }
    bound.ok()
}

/// What pages are called that are served from this machine at these addresses.
fn pages(addresses: &[SocketAddr]) -> impl Iterator<Item = String> {
    let ports = addresses.iter().map(SocketAddr::port);
    ports.flat_map(|port| {
        ["localhost", gate::OWN_NAME, "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}"))
    })
}

fn ws_app(engine: Engine, config: WebConfig) -> Router {
    let door = Door::new(engine.clone(), config);
    Router::new()
        .merge(ws(engine, &door))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(door, door::outer))
}

fn ws(engine: Engine, door: &Door) -> Router {
    Router::new()
        .route("/ws", get(hub::open))
        .with_state(engine.clone())
        .layer(from_fn_with_state(engine, door::inner))
        .layer(from_fn_with_state(door.clone(), door::greet))
}

/// What there is only on the web, and what the document says of it.
pub(crate) fn described() -> OpenApi {
    let ws = OpenApiRouter::<Engine>::default().routes(routes!(hub::open));
    let all = signing_in().merge(signed_in()).into_openapi();
    all.merge_from(ws.into_openapi())
}

/// What anybody may ask.
fn signing_in() -> OpenApiRouter<Door> {
    OpenApiRouter::default()
        .routes(routes!(auth::status))
        .routes(routes!(auth::login))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::offer_authenticator))
        .routes(routes!(auth::verify_authenticator))
        .routes(routes!(health))
}

/// What is left to who is signed in.
fn signed_in() -> OpenApiRouter<Door> {
    OpenApiRouter::default()
        .routes(routes!(auth::confirm))
        .routes(routes!(auth::change_password))
}

/// Says that the daemon is there.
#[utoipa::path(
    get,
    path = "/health",
    tag = "daemon",
    security(()),
    responses((status = 200, body = HealthResponse))
)]
async fn health() -> Json<HealthResponse> {
    Json(HealthResponse { status: "ok" })
}

fn app(engine: Engine, config: WebConfig) -> Router {
    let door = Door::new(engine.clone(), config);
    let signing_in = Router::from(signing_in()).with_state(door.clone());
    let signed_in = Router::from(signed_in())
        .with_state(door.clone())
        .fallback_service(routes::shared(engine.clone()))
        .layer(from_fn_with_state(engine.clone(), door::inner));
    let api = signing_in
        .fallback_service(signed_in)
        .layer(from_fn_with_state(door.clone(), door::greet));
    Router::new()
        .nest("/api", api)
        .merge(ws(engine, &door))
        .fallback(assets::serve)
        .layer(from_fn_with_state(door, door::outer))
        .layer(from_fn(headers::add))
}
