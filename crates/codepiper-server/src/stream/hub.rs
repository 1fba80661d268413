//! `/ws`: one socket for all that a dashboard wants to hear of, as the existing CodePiper has it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use codepiper_api::{HUB_VERSION, HubRequest};
use codepiper_engine::{Engine, EngineError, Looking, Terminal};
use codepiper_model::{Actor, SessionId};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::connection::{self, Answers, Closing, Ear, Sink, send};
use super::pace::{Kind, Pace};
use super::paste::{Pastes, Piece};
use super::topic::{Over, Subscriber, Topic};
use super::upgrade::upgrade;
use super::{Stop, over};
use crate::entrance::Entrance;
use crate::error::ApiError;

/// The longest message, and the most topics that one client hears of.
const MESSAGE_MAX: usize = 64 * 1024;
const TOPICS_MAX: usize = 200;

/// The longest name of a request.
const NAME_MAX: usize = 128;

/// Opens what tells of sessions, approvals and events as they come, as a WebSocket.
#[utoipa::path(
    get,
    path = "/ws",
    tag = "streams",
    servers((url = "/", description = "Beside the API, not below it")),
    responses((status = 101, description = "Text frames; those of the client are `HubRequest`"))
)]
pub(crate) async fn open(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Extension(entrance): Extension<Entrance>,
    Extension(stop): Extension<Stop>,
    request: Request,
) -> Result<Response, ApiError> {
    upgrade(request, None, MESSAGE_MAX, move |socket| async move {
        let (mut sink, mut ear, answers) = connection::open(socket);
        let mut client = Client {
            engine: &engine,
            actor,
            topics: HashMap::new(),
            terminals: HashMap::new(),
            pastes: Pastes::default(),
            looking: None,
        };
        let closing = tokio::select! {
            biased;
            closing = over(&engine, &entrance, &stop) => closing,
            Err(closing) = pass_on(&mut sink, answers) => closing,
            Err(closing) = client.listen(&mut ear) => closing,
        };
        drop(client);
        ear.close(sink, closing).await;
    })
}

async fn pass_on(sink: &mut Sink, mut answers: Answers) -> Result<Infallible, Closing> {
    loop {
        match answers.recv().await {
            Some(answer) => send(sink, answer).await?,
            None => return Err(Closing::left()),
        }
    }
}

/// One client, with what it wants to hear of.
struct Client<'a> {
    engine: &'a Engine,
    actor: Actor,
    topics: HashMap<String, AbortOnDropHandle<()>>,
    /// The terminals that it has typed into.
    terminals: HashMap<SessionId, Arc<Terminal>>,
    pastes: Pastes,
    /// The session that the person looks at.
    looking: Option<Looking>,
}

/// Something that is typed, and what its answer is called.
struct Typed {
    op: &'static str,
    session: String,
    name: Option<String>,
}

impl Client<'_> {
    async fn listen(&mut self, ear: &mut Ear) -> Result<Infallible, Closing> {
        let mut pace = Pace::new(Instant::now());
        loop {
            let heard = ear.hear().await?;
            let request = match heard.as_deref() {
                Some(heard) => serde_json::from_str::<HubRequest>(heard).map_err(|e| e.to_string()),
                None => Err("it is no text".to_owned()),
            };
            let kind = match &request {
                Ok(HubRequest::PtyInput { .. }) => Kind::Input,
                Ok(HubRequest::PtyKey { .. }) => Kind::Key,
                Ok(HubRequest::PtyPaste { .. }) => Kind::Paste,
                _ => Kind::Control,
            };
            if !pace.take(kind, Instant::now()) {
                return Err(Closing::new(1008, "too many messages at once"));
            }
            let answer = match request {
                Ok(request) => self.act(request, ear.answers()).await,
                Err(why) => Some(mistake(&format!("the message makes no sense: {why}"))),
            };
            if let Some(answer) = answer {
                ear.answer(&answer).await?;
            }
        }
    }

    async fn act(
        &mut self,
        request: HubRequest,
        ear: mpsc::Sender<connection::Message>,
    ) -> Option<Value> {
        match request {
            HubRequest::Hello { version, supports } => Some(hello(version, &supports)),
            HubRequest::Subscribe { topic, since_seq } => self.subscribe(topic, since_seq, ear),
            HubRequest::Unsubscribe { topic } => {
                self.topics.remove(&topic);
                None
            }
            HubRequest::Presence { session_id } => {
                let id = session_id.map(|id| id.parse::<SessionId>()).transpose();
                let Ok(id) = id else {
                    return Some(mistake("`sessionId` is no session's id"));
                };
                self.looking = id.map(|id| self.engine.notifications.look(id));
                None
            }
            HubRequest::PtyInput {
                session_id,
                data,
                request_id,
            } => {
                let typed = Typed::new("pty_input", session_id, request_id);
                let done = match self.terminal(&typed).await {
                    Ok(terminal) if !data.is_empty() => terminal.type_raw(data).await,
                    Ok(_) => Err(EngineError::invalid("data", "`data` is empty")),
                    Err(error) => Err(error),
                };
                Some(typed.answer(done))
            }
            HubRequest::PtyKey {
                session_id,
                key,
                request_id,
            } => {
                let typed = Typed::new("pty_key", session_id, request_id);
                let done = match self.terminal(&typed).await {
                    Ok(terminal) => terminal.press(vec![key]).await,
                    Err(error) => Err(error),
                };
                Some(typed.answer(done))
            }
            HubRequest::PtyPaste {
                session_id,
                request_id,
                chunk_index,
                chunk_count,
                data,
            } => {
                let name = (session_id.clone(), request_id.clone());
                let typed = Typed::new("pty_paste", session_id, Some(request_id));
                let (index, count) = (chunk_index, chunk_count);
                let piece = Piece { index, count, data };
                let done = match self.pastes.take(name, &piece, Instant::now()) {
                    Ok(None) => return None,
                    Ok(Some(text)) => match self.terminal(&typed).await {
                        Ok(terminal) => terminal.paste(text).await,
                        Err(error) => Err(error),
                    },
                    Err(why) => Err(EngineError::invalid("chunkIndex", why)),
                };
                Some(typed.answer(done))
            }
        }
    }

    fn subscribe(
        &mut self,
        name: String,
        since: Option<codepiper_model::Seq>,
        ear: mpsc::Sender<connection::Message>,
    ) -> Option<Value> {
        let topic = match Topic::parse(&name) {
            Ok(topic) => topic,
            Err(why) => return Some(mistake(&why)),
        };
        if since.is_some_and(|since| since < 0) {
            return Some(mistake("`sinceSeq` is 0 or more"));
        }
        self.topics.retain(|_, task| !task.is_finished());
        if self.topics.len() >= TOPICS_MAX && !self.topics.contains_key(&name) {
            return Some(mistake(
                "there are 200 subscriptions already; end one first",
            ));
        }
        let subscriber = Subscriber {
            engine: self.engine.clone(),
            actor: self.actor,
            topic,
            name: name.clone(),
            since,
            ear: ear.clone(),
        };
        let label = name.clone();
        let telling = tokio::spawn(async move {
            if let Err(Over::Failed(error)) = subscriber.tell_all().await {
                let (_, body) = ApiError::from(error).into_parts();
                let message = json!({ "topic": label, "error": body.error, "code": body.code });
                drop(ear.send(connection::text(&message)).await);
            }
        });
        self.topics.insert(name, AbortOnDropHandle::new(telling));
        None
    }

    /// The terminal of a session, the same as before where it is still there.
    async fn terminal(&mut self, typed: &Typed) -> Result<Arc<Terminal>, EngineError> {
        if typed.name.as_ref().is_some_and(|name| !is_name(name)) {
            let message = "`requestId` is 1 to 128 letters, digits, `-` and `_`";
            return Err(EngineError::invalid("requestId", message));
        }
        let id = typed.session.parse::<SessionId>();
        let id = id.map_err(|error| EngineError::NotFound {
            code: "session_not_found",
            message: format!("there is no such session: {error}"),
        })?;
        if let Some(terminal) = self
            .terminals
            .get(&id)
            .filter(|terminal| terminal.is_there())
        {
            return Ok(Arc::clone(terminal));
        }
        let terminal = Arc::new(self.engine.sessions.terminal(id, self.actor).await?);
        self.terminals.retain(|_, terminal| terminal.is_there());
        self.terminals.insert(id, Arc::clone(&terminal));
        Ok(terminal)
    }
}

impl Typed {
    fn new(op: &'static str, session: String, name: Option<String>) -> Self {
        Self { op, session, name }
    }

    fn answer(&self, done: Result<(), EngineError>) -> Value {
        let op = |what| format!("{}_{what}", self.op);
        let mut answer = match done {
            Ok(()) => json!({ "op": op("ack") }),
            Err(error) => {
                let (status, body) = ApiError::from(error).into_parts();
                let action = match body.code.as_str() {
                    "input_denied" => Some("deny"),
                    "input_asks" => Some("ask"),
                    _ => None,
                };
                let mut answer =
                    json!({ "op": op("error"), "error": body.error, "code": body.code });
                if let Some(action) = action {
                    answer["code"] = "policy_blocked".into();
                    answer["status"] = status.as_u16().into();
                    answer["policyAction"] = action.into();
                }
                answer
            }
        };
        answer["sessionId"] = self.session.as_str().into();
        if let Some(name) = &self.name {
            answer["requestId"] = name.as_str().into();
        }
        answer
    }
}

fn is_name(name: &str) -> bool {
    let is_good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(is_good)
}

/// Frames come whole, and as text: differences and binary frames were worth it when every client
/// was sent the screen ten times a second.
fn hello(version: Option<u32>, supports: &serde_json::Map<String, Value>) -> Value {
    if version.is_some_and(|version| version != HUB_VERSION) {
        return mistake("`version` is 1 here");
    }
    let pastes = supports.get("ptyPaste") == Some(&Value::Bool(true));
    json!({
        "op": "hello_ack",
        "version": HUB_VERSION,
        "features": { "ptyReplay": false, "ptyPatch": false, "ptyBinary": false, "ptyPaste": true },
        "negotiated": { "ptyPatch": false, "ptyBinary": false, "ptyPaste": pastes },
    })
}

fn mistake(error: &str) -> Value {
    json!({ "error": error })
}
