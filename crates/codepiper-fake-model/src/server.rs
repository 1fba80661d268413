//! The listener and its life: it runs until its [`FakeModel`] is dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::recorder::{Recorder, Request};
use crate::{anthropic, openai};

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) recorder: Arc<Recorder>,
    /// Cancelled when the model is dropped; streams that are under way break off then.
    pub(crate) stop: CancellationToken,
}

/// A model on loopback. Dropping it closes the port and breaks off the answers under way.
#[derive(Debug)]
pub struct FakeModel {
    address: SocketAddr,
    recorder: Arc<Recorder>,
    _stop: DropGuard,
}

impl FakeModel {
    /// Starts on a free port.
    #[expect(
        clippy::expect_used,
        reason = "test support: a test has no better answer"
    )]
    pub async fn start() -> Self {
        Self::bind(0, None).await.expect("a free port on loopback")
    }

    /// Starts on `port` (0 takes a free one). Each request is also appended to `log`, as one line
    /// of JSON.
    pub async fn bind(port: u16, log: Option<PathBuf>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let recorder = Arc::new(Recorder::new(address.port(), log));
        let stop = CancellationToken::new();
        let shared = Shared {
            recorder: Arc::clone(&recorder),
            stop: stop.clone(),
        };
        let app: Router = anthropic::router()
            .merge(openai::router())
            .layer(DefaultBodyLimit::disable())
            .with_state(shared);
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move {
            axum::serve(listener, app)
                .with_graceful_shutdown(stopped)
                .await
        });
        Ok(Self {
            address,
            recorder,
            _stop: stop.drop_guard(),
        })
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.recorder.requests()
    }

    /// Resolves when a request for which `wanted` holds has arrived, at once if it is there.
    /// Has no deadline of its own.
    pub async fn request(&self, wanted: impl Fn(&Request) -> bool) -> Request {
        self.recorder.request(wanted).await
    }
}
