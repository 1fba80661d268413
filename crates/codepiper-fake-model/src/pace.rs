//! A response body that is sent piece by piece, each at its own moment.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::HttpBody;
use bytes::Bytes;
use hyper::body::Frame;
use serde_json::Value;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::recorder::Recorder;
use crate::server::Shared;

/// Pieces of an answer and how long to be silent before each.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pieces: VecDeque<(Duration, String)>,
    silence: Duration,
    /// What the answer cost, if it is one to the end.
    usage: Option<Value>,
}

impl Timeline {
    pub(crate) fn wait(&mut self, silence: Duration) {
        self.silence += silence;
    }

    pub(crate) fn push(&mut self, piece: String) {
        self.pieces
            .push_back((std::mem::take(&mut self.silence), piece));
    }

    /// Says what the answer cost, which is told to the recorder once the last piece went out.
    pub(crate) fn cost(&mut self, usage: Value) {
        self.usage = Some(usage);
    }

    /// The body of the answer to the request of that id.
    pub(crate) fn into_body(self, id: &str, shared: Shared) -> axum::body::Body {
        let now = Instant::now();
        let Shared { recorder, stop } = shared;
        axum::body::Body::new(Paced {
            pieces: self.pieces,
            served: self.usage.map(|usage| (recorder, id.to_owned(), usage)),
            due: Box::pin(sleep_until(now)),
            started: None,
            stop: Box::pin(stop.cancelled_owned()),
        })
    }
}

struct Paced {
    pieces: VecDeque<(Duration, String)>,
    served: Option<(Arc<Recorder>, String, Value)>,
    due: Pin<Box<Sleep>>,
    /// When the piece before was due: lateness must not add up over thousands of pieces.
    started: Option<Instant>,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        let Some((silence, _)) = self.pieces.front() else {
            return Poll::Ready(None);
        };
        if !silence.is_zero() {
            let silence = *silence;
            let due = self.started.unwrap_or_else(Instant::now) + silence;
            self.started = Some(due);
            self.due.as_mut().reset(due);
            if let Some(front) = self.pieces.front_mut() {
                front.0 = Duration::ZERO;
            }
        }
        ready!(self.due.as_mut().poll(context));
        let piece = self
            .pieces
            .pop_front()
            .map(|(_, piece)| Ok(Frame::data(Bytes::from(piece))));
        if self.pieces.is_empty()
            && let Some((recorder, id, usage)) = self.served.take()
        {
            recorder.served(&id, usage);
        }
        Poll::Ready(piece)
    }
}
