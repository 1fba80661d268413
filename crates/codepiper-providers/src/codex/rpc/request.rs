use std::path::Path;

use serde_json::{Value, json};

use crate::codex::Mode;

/// A request of ours, before it has an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    method: &'static str,
    params: Value,
}

impl Request {
    /// The message, whose answer will carry the same `id`.
    pub fn message(&self, id: u64) -> Value {
        json!({ "id": id, "method": self.method, "params": self.params })
    }
}

/// What follows the answer to [`initialize`]. It is no request.
pub const INITIALIZED: &str = r#"{"method":"initialized"}"#;

/// The first request of each connection. `version` is ours.
pub fn initialize(version: &str) -> Request {
    Request {
        method: "initialize",
        params: json!({
            "clientInfo": { "name": "codepiper", "title": "CodePiper", "version": version },
            // For `thread/settings/update`.
            "capabilities": { "experimentalApi": true },
        }),
    }
}

/// The hooks that would run in `cwd`: see [`Listed`](crate::codex::Listed).
pub fn hooks_list(cwd: &Path) -> Request {
    Request {
        method: "hooks/list",
        params: json!({ "cwds": [cwd] }),
    }
}

/// The models that there are: see [`Successors`](crate::codex::Successors).
pub fn model_list() -> Request {
    Request {
        method: "model/list",
        params: json!({ "includeHidden": true }),
    }
}

/// What a conversation may do, where, and who answers.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Where it takes place.
    pub cwd: &'a Path,
    /// What may be done.
    pub mode: Mode,
    /// The model, where it is not the one of Codex's settings, or of the conversation so far.
    pub model: Option<&'a str>,
    /// Who has the model; a conversation otherwise stays with whom it had before, and so with
    /// the account that paid for it.
    pub provider: Option<&'a str>,
}

/// A new conversation.
pub fn thread_start(terms: Terms<'_>) -> Request {
    Request {
        method: "thread/start",
        params: terms.params(),
    }
}

/// Loads a conversation, which goes on on these terms, whatever it had before.
pub fn thread_load(thread_id: &str, terms: Terms<'_>) -> Request {
    Request {
        params: of_earlier(thread_id, terms),
        ..thread_resume(thread_id)
    }
}

/// Joins a conversation, loading it where it is not. Its turns so far do not come with it.
pub fn thread_resume(thread_id: &str) -> Request {
    Request {
        method: "thread/resume",
        params: json!({ "threadId": thread_id, "excludeTurns": true }),
    }
}

/// The conversations that are loaded: see [`loaded`](super::loaded).
pub fn threads_loaded() -> Request {
    Request {
        method: "thread/loaded/list",
        params: json!({}),
    }
}

/// A copy of a conversation, with an id of its own, in which both are from then on apart.
pub fn thread_fork(thread_id: &str, terms: Terms<'_>) -> Request {
    Request {
        method: "thread/fork",
        params: of_earlier(thread_id, terms),
    }
}

impl Terms<'_> {
    fn params(self) -> Value {
        let mut params = json!({
            "cwd": self.cwd,
            "sandbox": self.mode.sandbox(),
            "approvalPolicy": self.mode.approvals(),
        });
        if let Some(model) = self.model {
            params["model"] = model.into();
        }
        if let Some(provider) = self.provider {
            params["modelProvider"] = provider.into();
        }
        params
    }
}

fn of_earlier(thread_id: &str, terms: Terms<'_>) -> Value {
    let mut params = terms.params();
    params["threadId"] = thread_id.into();
    params["excludeTurns"] = true.into();
    params
}

/// Names a conversation, which also writes it down, so that others can join it.
pub fn thread_name(thread_id: &str, name: &str) -> Request {
    Request {
        method: "thread/name/set",
        params: json!({ "threadId": thread_id, "name": name }),
    }
}

/// Gives a conversation another model, from the next turn on; every client shows it.
pub fn thread_settings(thread_id: &str, model: &str) -> Request {
    Request {
        method: "thread/settings/update",
        params: json!({ "threadId": thread_id, "model": model }),
    }
}

/// The latest turn of a conversation: see [`LatestTurn`](super::LatestTurn).
pub fn thread_turns(thread_id: &str) -> Request {
    Request {
        method: "thread/turns/list",
        params: json!({ "threadId": thread_id, "limit": 1, "sortDirection": "desc" }),
    }
}

/// A prompt, and the name under which it comes back in its item.
#[derive(Clone, Copy, Debug)]
pub struct Prompt<'a> {
    /// What is said.
    pub text: &'a str,
    /// Where the pictures lie that come with it.
    pub images: &'a [String],
    /// Our name for it.
    pub client_id: &'a str,
}

/// Begins a turn. While one is under way this would go into that one: ask only when it is idle.
pub fn turn_start(thread_id: &str, prompt: Prompt<'_>) -> Request {
    Request {
        method: "turn/start",
        params: said(thread_id, prompt),
    }
}

/// Adds to the turn that is under way; fails when it is another one than that.
pub fn turn_steer(thread_id: &str, turn_id: &str, prompt: Prompt<'_>) -> Request {
    let mut params = said(thread_id, prompt);
    params["expectedTurnId"] = turn_id.into();
    Request {
        method: "turn/steer",
        params,
    }
}

/// Ends a turn.
pub fn turn_interrupt(thread_id: &str, turn_id: &str) -> Request {
    Request {
        method: "turn/interrupt",
        params: json!({ "threadId": thread_id, "turnId": turn_id }),
    }
}

fn said(thread_id: &str, prompt: Prompt<'_>) -> Value {
    let images = prompt.images.iter();
    let mut input: Vec<Value> = images
        .map(|path| json!({ "type": "localImage", "path": path }))
        .collect();
    input.push(json!({ "type": "text", "text": prompt.text }));
    json!({
        "threadId": thread_id,
        "input": input,
        "clientUserMessageId": prompt.client_id,
    })
}
