use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Serialize;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use tokio::time::timeout;
pub(super) use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Utf8Bytes};

use super::upgrade::Socket;

/// How long a socket may be silent before it is asked whether anybody is there, and then again
/// before it is closed. Browsers answer by themselves.
const SILENCE: Duration = Duration::from_secs(30);

/// How long the other end may take to hear that a socket is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// Answers that wait for a client that does not read; with more, it is not listened to.
const ANSWERS: usize = 64;

pub(super) type Sink = SplitSink<Socket, Message>;

/// Why a socket is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closing(Option<(u16, String)>);

impl Closing {
    /// With this code, and in these words.
    pub(super) fn new(code: u16, reason: &str) -> Self {
        Self(Some((code, reason.to_owned())))
    }

    /// Because the other end has left.
    pub(super) const fn left() -> Self {
        Self(None)
    }

    /// Because of a message that is too long.
    pub(super) fn too_long() -> Self {
        Self::new(1009, "the message is too long")
    }
}

/// What a client says.
pub(super) struct Ear {
    stream: SplitStream<Socket>,
    answers: mpsc::Sender<Message>,
}

/// What is sent beside the stream itself.
pub(super) type Answers = mpsc::Receiver<Message>;

/// Takes a socket apart, so that whoever sends does not keep others from listening.
pub(super) fn open(socket: Socket) -> (Sink, Ear, Answers) {
    let (sink, stream) = socket.split();
    let (answers, receiver) = mpsc::channel(ANSWERS);
    (sink, Ear { stream, answers }, receiver)
}

impl Ear {
    /// The next text, or nothing of a message that is no text.
    pub(super) async fn hear(&mut self) -> Result<Option<Utf8Bytes>, Closing> {
        let mut was_asked = false;
        loop {
            let heard = match timeout(SILENCE, self.stream.next()).await {
                Ok(heard) => heard,
                Err(_) if was_asked => return Err(Closing::left()),
                Err(_) => {
                    was_asked = true;
                    self.tell(Message::Ping(bytes::Bytes::new())).await?;
                    continue;
                }
            };
            match heard {
                Some(Ok(Message::Text(text))) => return Ok(Some(text)),
                Some(Ok(Message::Binary(_))) => return Ok(None),
                Some(Ok(Message::Close(_))) | None => return Err(Closing::left()),
                Some(Ok(_)) => was_asked = false,
                Some(Err(error)) => return Err(broken(&error)),
            }
        }
    }

    /// Where answers are taken.
    pub(super) fn answers(&self) -> mpsc::Sender<Message> {
        self.answers.clone()
    }

    /// Answers.
    pub(super) async fn answer(&self, answer: &impl Serialize) -> Result<(), Closing> {
        self.tell(text(answer)).await
    }

    async fn tell(&self, message: Message) -> Result<(), Closing> {
        let sent = self.answers.send(message).await;
        sent.map_err(|_| Closing::left())
    }

    /// Says why and closes.
    pub(super) async fn close(self, mut sink: Sink, Closing(why): Closing) {
        let frame = why.map(|(code, reason)| CloseFrame {
            code: CloseCode::from(code),
            reason: reason.into(),
        });
        let farewell = async {
            drop(sink.send(Message::Close(frame)).await);
            // What arrives unread would have the system take back what was sent last.
            if let Ok(mut socket) = sink.reunite(self.stream) {
                // Browsers wait for the end of the connection, too, before they tell their page.
                drop(socket.get_mut().shutdown().await);
                drop(tokio::io::copy(socket.get_mut(), &mut tokio::io::sink()).await);
            }
        };
        drop(timeout(FAREWELL, farewell).await);
    }
}

/// Sends something.
pub(super) async fn send(sink: &mut Sink, message: Message) -> Result<(), Closing> {
    sink.send(message).await.map_err(|_| Closing::left())
}

/// A message in JSON.
pub(super) fn text(message: &impl Serialize) -> Message {
    // None of our messages has a key that is no text, which alone could fail.
    Message::text(serde_json::to_string(message).unwrap_or_default())
}

fn broken(error: &Error) -> Closing {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { .. }) => Closing::too_long(),
        Error::Utf8(_) => Closing::new(1007, "the text is not UTF-8"),
        Error::Protocol(_) => Closing::new(1002, "this is not how a WebSocket speaks"),
        _ => Closing::left(),
    }
}
