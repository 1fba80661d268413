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
mod notice;
mod request;

use std::fmt;

use serde_json::Value;

pub use approval::{Approval, Decision, Question};
pub use item::{Item, ItemState, Tool};
pub use notice::{Notice, Status, Thread, TurnEnd};
pub use request::{
    INITIALIZED, Prompt, Request, Terms, hooks_list, initialize, thread_fork, thread_load,
    thread_name, thread_resume, thread_settings, thread_start, thread_turns, turn_interrupt,
    turn_start, turn_steer,
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
    /// Reads the text of a frame.
    ///
    /// An approval of changes to files does not say which: `item` finds what began under an id.
    pub fn read<'a>(text: &str, item: impl FnOnce(&str) -> Option<&'a Item>) -> Self {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return Self::Unreadable;
        };
        let id = match &message["id"] {
            id @ (Value::Number(_) | Value::String(_)) => Some(RequestId(id.clone())),
            _ => None,
        };
        let params = &message["params"];
        match (message["method"].as_str(), id) {
            (Some(method), Some(id)) => request_of_server(method, id, params, item),
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

fn request_of_server<'a>(
    method: &str,
    id: RequestId,
    params: &Value,
    item: impl FnOnce(&str) -> Option<&'a Item>,
) -> Message {
    if let Some(approval) = Approval::read(method, &id, params, item) {
        return Message::Approval(approval);
    }
    if let Some(question) = Question::read(method, &id, params) {
        return Message::Question(question);
    }
    Message::OtherRequest(id, method.to_owned())
}

/// The turn that goes on, from the result of [`thread_turns`]: who comes back has not heard of it.
pub fn turn_under_way(result: &Value) -> Option<String> {
    let latest = &result["data"][0];
    let goes_on = latest["status"] == "inProgress";
    goes_on.then(|| string(&latest["id"]))
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn some_string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
