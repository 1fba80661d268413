//! The doors to the engine: HTTP over a Unix socket that only its owner can open, and over TCP for
//! the dashboard of whoever has signed in.
//!
//! Invariant: no business rules. A handler parses, calls one service and converts.

mod actor;
pub mod csv;
mod entrance;
mod error;
mod exported;
mod extract;
mod openapi;
mod reading;
mod routes;
mod socket;
mod stream;
mod web;

use std::time::Duration;

use axum::{Extension, Router};
use codepiper_engine::Engine;
use tokio_util::sync::CancellationToken;

pub use socket::{BindError, Socket};
pub use web::{DEFAULT_PORT, Proxies, Web, WebConfig, WebConfigError, WebError};

/// How long open requests get to end once the daemon is told to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Serves until `stop`.
pub async fn serve(
    engine: Engine,
    socket: Socket,
    web: Option<Web>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let served = routes::WebAddresses {
        web: web.as_ref().map_or_else(Vec::new, Web::addresses),
        ws: web.as_ref().and_then(Web::ws_address),
    };
    let app: Router = routes::router(engine.clone(), served);
    let app = app.layer(Extension(stream::Stop(stop.clone())));
    let app = app.into_make_service_with_connect_info::<actor::Caller>();
    let place = socket.place();
    let serving = axum::serve(socket, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let browsing = async {
        if let Some(web) = web {
            web.serve(engine.clone(), stop.clone()).await;
        }
    };
    let drained = async {
        stop.cancelled().await;
        // Hooks that wait for a person go to the next daemon at once.
        engine.approvals.let_go();
        tokio::time::sleep(DRAIN).await;
    };
    let result = tokio::select! {
        (result, ()) = async { tokio::join!(serving.into_future(), browsing) } => result,
        () = drained => Ok(()),
    };
    place.clear();
    result
}
