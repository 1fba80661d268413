//! One session's terminal, for a viewer that draws it.

use std::convert::Infallible;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use bytes::{BufMut as _, Bytes, BytesMut};
use codepiper_api::{
    MessageId, OUTPUT_FRAME, SNAPSHOT_FRAME, TERMINAL_PROTOCOL, TerminalMessage, TerminalParams,
    TerminalRequest,
};
use codepiper_engine::{Engine, EngineError, Shown, Terminal};
use codepiper_model::{Actor, Exit, SessionId};
use tokio::sync::watch;

use super::abreast::Abreast;
use super::connection::{self, Answers, Closing, Ear, Message, Sink, send, text};
use super::upgrade::upgrade;
use super::{Stop, over};
use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::extract::{Id, Params};

/// The longest message, and the longest text that may be pasted with one.
const MESSAGE_MAX: usize = 64 * 1024;
const PASTE_MAX: usize = 2 * 1024 * 1024;

/// Messages that make no sense, before the other end is thought to be no viewer.
const NONSENSE_MAX: usize = 20;

/// A viewer's connection.
struct Viewer {
    engine: Engine,
    id: String,
    actor: Actor,
    from: Option<u64>,
}

/// Opens the terminal of a session, as a WebSocket.
#[utoipa::path(
    get,
    path = "/sessions/{id}/terminal/stream",
    tag = "streams",
    params(Id, TerminalParams),
    responses((status = 101, description = "Binary frames are output: a byte `1` (what the terminal shows) or `2` (output), the \
                         offset as eight bytes little-endian, the bytes. Text frames are \
                         `TerminalMessage`, those of the client `TerminalRequest`"))
)]
pub(crate) async fn watch(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Extension(entrance): Extension<Entrance>,
    Extension(stop): Extension<Stop>,
    Path(id): Path<String>,
    Params(TerminalParams { from }): Params<TerminalParams>,
    request: Request,
) -> Result<Response, ApiError> {
    let viewer = Viewer {
        engine: engine.clone(),
        id,
        actor,
        from,
    };
    let longest = PASTE_MAX + MESSAGE_MAX;
    upgrade(
        request,
        Some(TERMINAL_PROTOCOL),
        longest,
        |socket| async move {
            let (mut sink, mut ear, answers) = connection::open(socket);
            let served = viewer.serve(&mut sink, &mut ear, answers);
            let closing = tokio::select! {
                biased;
                closing = over(&engine, &entrance, &stop) => closing,
                Err(closing) = served => closing,
            };
            ear.close(sink, closing).await;
        },
    )
}

impl Viewer {
    async fn serve(
        self,
        sink: &mut Sink,
        ear: &mut Ear,
        answers: Answers,
    ) -> Result<Infallible, Closing> {
        // What is no id names no session. A browser sees no status of a request that opens a
        // socket, so it is told on the socket.
        let Ok(id) = self.id.parse::<SessionId>() else {
            return Err(Closing::new(4404, "there is no such session"));
        };
        let terminal = match self.engine.sessions.terminal(id, self.actor).await {
            Ok(terminal) => terminal,
            Err(error) => return Err(self.refuse(id, error, sink).await),
        };
        let standing = terminal.standing();
        let (cols, rows) = standing.size;
        let hello = TerminalMessage::Hello {
            cols,
            rows,
            offset: standing.offset,
            oldest: standing.oldest,
        };
        send(sink, text(&hello)).await?;
        let follower = terminal.follow(self.from, standing.size);
        let drawn = watch::Sender::new(None);
        let abreast = Abreast::new(follower, drawn.subscribe());
        tokio::select! {
            ended = show(sink, abreast, answers, &terminal) => ended,
            ended = listen(ear, &terminal, &drawn) => ended,
        }
    }

    async fn refuse(&self, id: SessionId, error: EngineError, sink: &mut Sink) -> Closing {
        let closing = match &error {
            EngineError::NotFound { .. } => return Closing::new(4404, "there is no such session"),
            EngineError::Conflict { code, .. } if *code == "session_ended" => {
                let session = self.engine.sessions.get(id).await;
                return say_exit(sink, session.ok().and_then(|session| session.exit)).await;
            }
            EngineError::Forbidden { .. } => Closing::new(4403, "refused"),
            _ => Closing::new(1013, "try again later"),
        };
        let said = send(sink, text(&refusal(None, error))).await;
        said.err().unwrap_or(closing)
    }
}

/// Shows what the terminal shows, and answers, until the session has ended.
async fn show(
    sink: &mut Sink,
    mut abreast: Abreast,
    mut answers: Answers,
    terminal: &Terminal,
) -> Result<Infallible, Closing> {
    loop {
        let message = tokio::select! {
            biased;
            Some(answer) = answers.recv() => answer,
            shown = abreast.next() => match shown {
                Some(shown) => drawn(shown),
                None => return Err(say_exit(sink, terminal.exit().await).await),
            },
        };
        send(sink, message).await?;
    }
}

fn drawn(shown: Shown) -> Message {
    match shown {
        Shown::Resized(cols, rows) => text(&TerminalMessage::Resized { cols, rows }),
        Shown::Locked(on) => text(&TerminalMessage::Locked { on }),
        Shown::Snapshot { offset, bytes } => frame(SNAPSHOT_FRAME, offset, &bytes),
        Shown::Output { offset, bytes } => frame(OUTPUT_FRAME, offset, &bytes),
    }
}

fn frame(kind: u8, offset: u64, bytes: &[u8]) -> Message {
    let mut frame = BytesMut::with_capacity(1 + size_of::<u64>() + bytes.len());
    frame.put_u8(kind);
    frame.put_u64_le(offset);
    frame.put_slice(bytes);
    Message::Binary(Bytes::from(frame))
}

async fn say_exit(sink: &mut Sink, exit: Option<Exit>) -> Closing {
    let (code, signal) = exit.map_or((None, None), |exit| (exit.code, exit.signal));
    let said = send(sink, text(&TerminalMessage::Exit { code, signal })).await;
    said.err()
        .unwrap_or_else(|| Closing::new(4410, "the session has ended"))
}

/// Does what the viewer says, one thing after the other.
async fn listen(
    ear: &mut Ear,
    terminal: &Terminal,
    drawn: &watch::Sender<Option<u64>>,
) -> Result<Infallible, Closing> {
    let mut nonsense = 0;
    loop {
        let heard = ear.hear().await?;
        let request = match heard.as_deref() {
            Some(heard) => {
                serde_json::from_str::<TerminalRequest>(heard).map_err(|e| e.to_string())
            }
            None => Err("it is no text".to_owned()),
        };
        let is_long = heard.is_some_and(|heard| heard.len() > MESSAGE_MAX);
        let fits = match &request {
            Ok(TerminalRequest::Paste { text, .. }) => text.len() <= PASTE_MAX,
            _ => !is_long,
        };
        if !fits {
            return Err(Closing::too_long());
        }
        let (id, done) = match request {
            Ok(TerminalRequest::Drawn { offset }) => {
                drawn.send_replace(Some(offset));
                continue;
            }
            Ok(request) => act(terminal, request).await,
            Err(why) => {
                nonsense += 1;
                if nonsense > NONSENSE_MAX {
                    return Err(Closing::new(1008, "too many messages make no sense"));
                }
                let message = format!("the message makes no sense: {why}");
                let (id, code) = (None, "invalid_message".to_owned());
                ear.answer(&TerminalMessage::Error { id, code, message })
                    .await?;
                continue;
            }
        };
        match (id, done) {
            (id, Err(error)) => ear.answer(&refusal(id, error)).await?,
            (Some(id), Ok(())) => ear.answer(&TerminalMessage::Ack { id }).await?,
            (None, Ok(())) => {}
        }
    }
}

async fn act(
    terminal: &Terminal,
    request: TerminalRequest,
) -> (Option<MessageId>, Result<(), EngineError>) {
    match request {
        TerminalRequest::Input { id, data } => (id, terminal.type_raw(data).await),
        TerminalRequest::Paste { id, text } => (id, terminal.paste(text).await),
        TerminalRequest::Keys { id, keys } => (id, terminal.press(keys).await),
        TerminalRequest::Resize { cols, rows } => (None, terminal.resize(cols, rows).await),
        TerminalRequest::Lock { on } => (None, terminal.lock_size(on).await),
        TerminalRequest::Drawn { .. } => (None, Ok(())),
    }
}

fn refusal(id: Option<MessageId>, error: EngineError) -> TerminalMessage {
    let (_, body) = ApiError::from(error).into_parts();
    let hint = body.hint.map(|hint| format!("; {hint}"));
    TerminalMessage::Error {
        id,
        code: body.code,
        message: body.error + &hint.unwrap_or_default(),
    }
}
