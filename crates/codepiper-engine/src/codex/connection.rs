//! A connection with an app-server: JSON-RPC over a WebSocket on its Unix socket.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use codepiper_providers::codex::rpc::{
    Failure, INITIALIZED, Items, Message, Notice, Request, initialize,
};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long the server may take to greet, to answer a request, and to take a message.
const GREETING_MAX: Duration = Duration::from_secs(5);
const ANSWER_MAX: Duration = Duration::from_secs(30);
const SENDING_MAX: Duration = Duration::from_secs(5);

/// Messages that may wait to be sent. Whoever has one more waits until the server takes some.
const UNSENT_MAX: usize = 64;

/// Messages of the server that may wait to be read. With one more the connection ends: whoever
/// connects again is asked again whatever is still open, so that nothing is lost, and a reader
/// that waits for an answer is never what the answer waits for.
const UNREAD_MAX: usize = 1024;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectionError {
    /// Nobody answers the door.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// It went away.
    #[error("closed the connection")]
    Closed,
    /// It is there and silent.
    #[error("did not answer")]
    Silent,
    /// It said no.
    #[error("refused: {}", .0.message)]
    Refused(Failure),
}

/// The way to say something to the server. The connection ends with the last copy.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    outbox: mpsc::Sender<Outgoing>,
}

#[derive(Debug)]
enum Outgoing {
    Request(Request, oneshot::Sender<Result<Value, ConnectionError>>),
    Answer(String),
}

/// Connects and says hello. What the server asks and tells comes out of the receiver, which ends
/// with the connection.
pub(super) async fn connect(
    socket: &Path,
) -> Result<(Connection, mpsc::Receiver<Message>), ConnectionError> {
    let greeting = async {
        let stream = UnixStream::connect(socket).await.map_err(unreachable)?;
        let (stream, _) = client_async("ws://localhost/", stream)
            .await
            .map_err(unreachable)?;
        Ok(stream)
    };
    let stream = timeout(GREETING_MAX, greeting)
        .await
        .map_err(|_| ConnectionError::Silent)??;
    let (outbox, unsent) = mpsc::channel(UNSENT_MAX);
    let (inbox, unread) = mpsc::channel(UNREAD_MAX);
    let carrier = Carrier {
        stream,
        unsent,
        inbox,
        asked: HashMap::new(),
        last_id: 0,
        items: Items::default(),
    };
    tokio::spawn(carrier.run());
    let connection = Connection { outbox };
    connection
        .request(initialize(env!("CARGO_PKG_VERSION")))
        .await?;
    connection.answer(INITIALIZED.to_owned()).await?;
    Ok((connection, unread))
}

impl Connection {
    /// Asks for something and waits for the result.
    pub(super) async fn request(&self, request: Request) -> Result<Value, ConnectionError> {
        let (sender, receiver) = oneshot::channel();
        let asking = async {
            let outgoing = Outgoing::Request(request, sender);
            let sent = self.outbox.send(outgoing).await;
            sent.map_err(|_| ConnectionError::Closed)?;
            receiver.await.map_err(|_| ConnectionError::Closed)?
        };
        let answer = timeout(ANSWER_MAX, asking).await;
        answer.map_err(|_| ConnectionError::Silent)?
    }

    /// Says something that gets no answer.
    pub(super) async fn answer(&self, message: String) -> Result<(), ConnectionError> {
        let sent = self.outbox.send(Outgoing::Answer(message)).await;
        sent.map_err(|_| ConnectionError::Closed)
    }
}

/// Carries messages both ways until one side has enough.
struct Carrier {
    stream: WebSocketStream<UnixStream>,
    unsent: mpsc::Receiver<Outgoing>,
    inbox: mpsc::Sender<Message>,
    /// Who waits for the result of which request.
    asked: HashMap<String, oneshot::Sender<Result<Value, ConnectionError>>>,
    last_id: u64,
    items: Items,
}

impl Carrier {
    async fn run(mut self) {
        loop {
            let goes_on = tokio::select! {
                outgoing = self.unsent.recv() => match outgoing {
                    Some(outgoing) => self.send(outgoing).await,
                    None => false,
                },
                frame = self.stream.next() => match frame {
                    Some(Ok(Frame::Text(text))) => self.take(&text),
                    // Pings are answered where they are read.
                    Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => true,
                    Some(Ok(_) | Err(_)) | None => false,
                },
            };
            if !goes_on {
                break;
            }
        }
        drop(timeout(SENDING_MAX, self.stream.close(None)).await);
    }

    async fn send(&mut self, outgoing: Outgoing) -> bool {
        let text = match outgoing {
            Outgoing::Request(request, sender) => {
                self.last_id += 1;
                self.asked.insert(self.last_id.to_string(), sender);
                request.message(self.last_id).to_string()
            }
            Outgoing::Answer(text) => text,
        };
        let sending = self.stream.send(Frame::text(text));
        matches!(timeout(SENDING_MAX, sending).await, Ok(Ok(())))
    }

    fn take(&mut self, text: &str) -> bool {
        let message = Message::read(text, &self.items);
        match message {
            Message::Result(id, result) => self.answered(&id.to_string(), Ok(result)),
            Message::Failure(id, failure) => {
                self.answered(&id.to_string(), Err(ConnectionError::Refused(failure)));
            }
            Message::Unreadable | Message::Notice(Notice::Other(_)) => {}
            Message::Approval(_)
            | Message::Question(_)
            | Message::OtherRequest(..)
            | Message::Notice(_) => {
                if let Message::Notice(notice) = &message {
                    self.items.note(notice);
                }
                if let Err(mpsc::error::TrySendError::Full(_)) = self.inbox.try_send(message) {
                    tracing::warn!("an app-server says more than is read; connecting anew");
                    return false;
                }
            }
        }
        true
    }

    fn answered(&mut self, id: &str, result: Result<Value, ConnectionError>) {
        if let Some(sender) = self.asked.remove(id) {
            // Whoever asked may have given up.
            drop(sender.send(result));
        }
    }
}

fn unreachable(error: impl std::fmt::Display) -> ConnectionError {
    ConnectionError::Unreachable(error.to_string())
}

#[cfg(test)]
mod tests;
