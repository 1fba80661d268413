//! What the app-server of Codex and its clients say to each other: JSON-RPC without its version
//! field, one message a frame of a WebSocket.
//!
//! What the server says is read leniently: it is versioned with Codex and not with us. Unknown
//! messages and fields are kept or passed over, and never an error.
//!
//! The order of a start: [`initialize`], [`INITIALIZED`], [`hooks_list`], [`thread_start`],
//! [`thread_name`]. Without the last a conversation is not written down before its first turn, and
//! nobody else can join it. Who comes back asks for [`thread_resume`] instead, and gets every
//! approval that is still open anew, under its old id.

mod approval;
mod item;
mod items;
mod notice;
mod request;

use std::fmt;

use serde_json::Value;

pub use approval::{Approval, Decision, Question};
pub use item::{Item, ItemState, Tool};
pub use items::Items;
pub use notice::{Notice, Status, Thread, TurnEnd, Used};
pub use request::{
    INITIALIZED, Prompt, Request, Terms, hooks_list, initialize, model_list, thread_fork,
    thread_load, thread_name, thread_resume, thread_settings, thread_start, thread_turns,
    threads_loaded, turn_interrupt, turn_start, turn_steer,
};

/// The id of a request, a number or a text, as whoever asked has chosen it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Value);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A message of the app-server.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The answer to our request with this id.
    Result(RequestId, Value),
    /// Our request with this id failed.
    Failure(RequestId, Failure),
    /// It asks for leave to use a tool. Every client is asked; the first answer counts.
    Approval(Approval),
    /// It asks the person something that is no permission.
    Question(Question),
    /// It asks for something that is not ours to answer: another client may.
    OtherRequest(RequestId, String),
    /// Something happened.
    Notice(Notice),
    /// Not a message.
    Unreadable,
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// JSON-RPC's number.
    pub code: i64,
    /// What was wrong, for a person.
    pub message: String,
}

impl Message {
    /// Reads the text of a frame; what it does not say may be known of `items`.
    pub fn read(text: &str, items: &Items) -> Self {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return Self::Unreadable;
        };
        let id = match &message["id"] {
            id @ (Value::Number(_) | Value::String(_)) => Some(RequestId(id.clone())),
            _ => None,
        };
        let params = &message["params"];
        match (message["method"].as_str(), id) {
            (Some(method), Some(id)) => request_of_server(method, id, params, items),
            (Some(method), None) => Self::Notice(Notice::read(method, params)),
            (None, Some(id)) if message["error"].is_object() => {
                let error = &message["error"];
                let failure = Failure {
                    code: error["code"].as_i64().unwrap_or_default(),
                    message: error["message"].as_str().unwrap_or_default().to_owned(),
                };
                Self::Failure(id, failure)
            }
            (None, Some(id)) => Self::Result(id, message["result"].clone()),
            (None, None) => Self::Unreadable,
        }
    }
}

fn request_of_server(method: &str, id: RequestId, params: &Value, items: &Items) -> Message {
    if let Some(approval) = Approval::read(method, &id, params, items) {
        return Message::Approval(approval);
    }
    if let Some(question) = Question::read(method, &id, params) {
        return Message::Question(question);
    }
    Message::OtherRequest(id, method.to_owned())
}

/// The latest turn of a conversation: who comes back has not heard of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LatestTurn {
    /// It goes on.
    UnderWay(String),
    /// It is over.
    Over(TurnEnd),
}

impl LatestTurn {
    /// Reads the result of [`thread_turns`]; `None` before the first turn.
    pub fn read(result: &Value) -> Option<Self> {
        let turn = result["data"].get(0)?;
        Some(if turn["status"] == "inProgress" {
            Self::UnderWay(string(&turn["id"]))
        } else {
            Self::Over(TurnEnd::read(turn))
        })
    }
}

/// The conversations in the result of [`threads_loaded`].
pub fn loaded(result: &Value) -> Vec<String> {
    let threads = result["data"].as_array().into_iter().flatten();
    threads.filter_map(some_string).collect()
}

/// The model of a conversation, from the result of its start, of [`thread_resume`] or of a copy.
pub fn model_of(result: &Value) -> Option<String> {
    some_string(&result["model"]).or_else(|| some_string(&result["thread"]["model"]))
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn some_string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
