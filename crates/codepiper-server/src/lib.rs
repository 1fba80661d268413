//! The door to the engine: HTTP over a Unix socket that only its owner can open.
//!
//! Invariant: no business rules. A handler parses, calls one service and converts.

mod actor;
mod csv;
mod error;
mod exported;
mod extract;
mod reading;
mod routes;
mod socket;

use std::time::Duration;

use axum::Router;
use codepiper_engine::Engine;
use tokio_util::sync::CancellationToken;

pub use socket::{BindError, Socket};

/// How long open requests get to end once the daemon is told to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Serves until `stop`.
pub async fn serve(engine: Engine, socket: Socket, stop: CancellationToken) -> std::io::Result<()> {
    let app: Router = routes::router(engine.clone());
    let app = app.into_make_service_with_connect_info::<actor::Caller>();
    let place = socket.place();
    let serving = axum::serve(socket, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let drained = async {
        stop.cancelled().await;
        // Hooks that wait for a person go to the next daemon at once.
        engine.approvals.let_go();
        tokio::time::sleep(DRAIN).await;
    };
    let result = tokio::select! {
        result = async { serving.await } => result,
        () = drained => Ok(()),
    };
    place.clear();
    result
}
