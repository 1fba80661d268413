//! The connections of browsers: so many at once, and none that holds its place by being slow.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service as _;

use super::Peer;
use super::paced::Paced;
use super::places::Places;

/// Connections at the same time: the sessions, the Unix socket and the database keep their share of
/// the files that may be open. A WebSocket, which only who is signed in may open, does not count.
const CONNECTIONS_MAX: usize = 256;

/// How long the head of a request may take.
const HEAD_MAX: Duration = Duration::from_secs(10);

/// How long it takes until accepting is tried again that failed: others must close files first.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Answers whoever connects, until `stop`.
pub(super) async fn answer(listener: TcpListener, app: Router, stop: CancellationToken) {
    let places = Places::new(CONNECTIONS_MAX);
    let connections = TaskTracker::new();
    loop {
        let accepted = async {
            let (stream, peer) = listener.accept().await?;
            Ok::<_, std::io::Error>((stream, peer, places.take(peer.ip()).await))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, address, taken)) => {
                let (app, stop) = (app.clone(), stop.clone());
                connections.spawn(async move {
                    let place = Arc::clone(&taken.place);
                    connection(stream, Peer { address, place }, app, stop).await;
                    drop(taken);
                });
            }
            Err(error) => {
                tracing::error!(%error, "cannot accept");
                sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    connections.close();
    connections.wait().await;
}

async fn connection(stream: TcpStream, peer: Peer, app: Router, stop: CancellationToken) {
    // Over it little things go at once: the system would keep the echo of a key until the one
    // before it is acknowledged.
    drop(stream.set_nodelay(true));
    let place = Arc::clone(&peer.place);
    let stream = Paced::new(stream, Arc::clone(&place));
    let mut make = app.into_make_service_with_connect_info::<Peer>();
    let Ok(service) = make.call(peer).await;
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // Whoever breaks off has had what there was to say.
        _ = connection.as_mut() => {}
        () = place.given_away.cancelled() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}
