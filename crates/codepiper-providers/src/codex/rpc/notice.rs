use std::path::PathBuf;

use codepiper_model::{RateLimit, Timestamp};
use serde_json::Value;

use super::{Item, RequestId, some_string, string};
use crate::codex::Tokens;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A conversation began, in any client: at a start, a fork, `/clear`. All clients hear of it,
    /// but little more until they resume it.
    ConversationBegan(Thread),
    /// What a conversation is doing, a sub-agent's among them. All clients hear of it.
    StatusChanged(String, Status),
    /// A conversation has this model from now on.
    ModelChanged(String, String),
    /// A turn began: conversation and turn.
    TurnBegan(String, String),
    /// A turn is over.
    TurnEnded(String, TurnEnd),
    /// An item of a conversation began.
    ItemBegan(String, Item),
    /// An item of a conversation is over. Not every one has a beginning and an end.
    ItemEnded(String, Item),
    /// An answer of the model came, and this is what it took.
    Used(String, Used),
    /// This much is used of what the account may use.
    Limits(Vec<RateLimit>),
    /// A request of the server was answered, by anybody, or is no longer asked.
    RequestResolved(String, RequestId),
    /// Something failed, and whether it is tried again.
    Failed {
        /// The conversation.
        thread_id: String,
        /// What failed, for a person.
        message: String,
        /// The server's word for it, such as `usageLimitExceeded`.
        code: Option<String>,
        /// Whether the turn goes on.
        will_retry: bool,
    },
    /// A conversation is no longer loaded.
    ConversationClosed(String),
    /// Anything else: its method.
    Other(String),
}

/// A conversation, as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its id: the one for `codex resume`, and the `session_id` of hooks.
    pub id: String,
    /// The file that it is written to.
    pub path: Option<PathBuf>,
    /// Where it works.
    pub cwd: Option<PathBuf>,
    /// Its model.
    pub model: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The one that it is a copy of.
    pub forked_from: Option<String>,
    /// Whether it is a sub-agent's, or one that Codex has for itself and never writes down.
    pub is_inner: bool,
    /// What it is doing.
    pub status: Status,
}

/// What a conversation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A turn is under way.
    Working,
    /// It waits for leave.
    NeedsPermission,
    /// It waits for an answer.
    NeedsInput,
    /// It waits for a prompt.
    Idle,
    /// It cannot go on, or is not loaded, or the word is new.
    Unknown,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnEnd {
    /// The turn.
    pub id: String,
    /// Whether it came to its end.
    pub completed: bool,
    /// Whether somebody ended it.
    pub interrupted: bool,
    /// What went wrong, for a person.
    pub error: Option<String>,
    /// The server's word for that, such as `usageLimitExceeded`.
    pub code: Option<String>,
    /// What the agent said last.
    pub reply: Option<String>,
}

/// What an answer of the model took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The turn.
    pub turn_id: String,
    /// The answer alone.
    pub last: Tokens,
    /// The whole conversation so far.
    pub total: Tokens,
    /// How many tokens the model can have before it.
    pub context_window: Option<u64>,
}

impl Notice {
    pub(super) fn read(method: &str, params: &Value) -> Self {
        let thread_id = string(&params["threadId"]);
        match method {
            "thread/started" => Self::ConversationBegan(Thread::read(&params["thread"])),
            "thread/status/changed" => {
                Self::StatusChanged(thread_id, Status::read(&params["status"]))
            }
            "thread/settings/updated" => {
                Self::ModelChanged(thread_id, string(&params["threadSettings"]["model"]))
            }
            "turn/started" => Self::TurnBegan(thread_id, string(&params["turn"]["id"])),
            "turn/completed" => Self::TurnEnded(thread_id, TurnEnd::read(&params["turn"])),
            "item/started" => Self::ItemBegan(thread_id, Item::read(&params["item"])),
            "item/completed" => Self::ItemEnded(thread_id, Item::read(&params["item"])),
            "thread/tokenUsage/updated" => Self::Used(thread_id, Used::read(params)),
            "account/rateLimits/updated" => Self::Limits(limits(&params["rateLimits"])),
            "serverRequest/resolved" => {
                Self::RequestResolved(thread_id, RequestId(params["requestId"].clone()))
            }
            "error" => Self::Failed {
                thread_id,
                message: string(&params["error"]["message"]),
                code: code(&params["error"]["codexErrorInfo"]),
                will_retry: params["willRetry"] == true,
            },
            "thread/closed" => Self::ConversationClosed(thread_id),
            _ => Self::Other(method.to_owned()),
        }
    }
}

impl Thread {
    /// Reads a `thread`, as it also stands in the results of `thread/start`, `resume` and `fork`.
    pub fn read(thread: &Value) -> Self {
        let path = |value: &Value| value.as_str().map(PathBuf::from);
        Self {
            id: string(&thread["id"]),
            path: path(&thread["path"]),
            cwd: path(&thread["cwd"]),
            model: some_string(&thread["model"]),
            name: some_string(&thread["name"]),
            forked_from: some_string(&thread["forkedFromId"]),
            is_inner: thread["ephemeral"] == true || thread["parentThreadId"].is_string(),
            status: Status::read(&thread["status"]),
        }
    }
}

impl Status {
    fn read(status: &Value) -> Self {
        let waits = |flag: &str| {
            let mut flags = status["activeFlags"].as_array().into_iter().flatten();
            flags.any(|found| found == flag)
        };
        match status["type"].as_str() {
            Some("active") if waits("waitingOnApproval") => Self::NeedsPermission,
            Some("active") if waits("waitingOnUserInput") => Self::NeedsInput,
            Some("active") => Self::Working,
            Some("idle") => Self::Idle,
            _ => Self::Unknown,
        }
    }
}

impl TurnEnd {
    /// Reads a `turn` that is over.
    pub(super) fn read(turn: &Value) -> Self {
        let items = turn["items"].as_array().map(Vec::as_slice);
        let said = items
            .unwrap_or_default()
            .iter()
            .filter(|item| item["type"] == "agentMessage");
        Self {
            id: string(&turn["id"]),
            completed: turn["status"] == "completed",
            interrupted: turn["status"] == "interrupted",
            error: some_string(&turn["error"]["message"]),
            code: code(&turn["error"]["codexErrorInfo"]),
            reply: said.rev().find_map(|item| some_string(&item["text"])),
        }
    }
}

impl Used {
    fn read(params: &Value) -> Self {
        let usage = &params["tokenUsage"];
        Self {
            turn_id: string(&params["turnId"]),
            last: Tokens::read_camel(&usage["last"]),
            total: Tokens::read_camel(&usage["total"]),
            context_window: usage["modelContextWindow"].as_u64(),
        }
    }
}

/// The limits that are told, the shortest time first.
fn limits(told: &Value) -> Vec<RateLimit> {
    let limit = |told: &Value| {
        Some(RateLimit {
            window_minutes: told["windowDurationMins"].as_u64()?,
            used_percent: told["usedPercent"].as_f64()?,
            resets_at: told["resetsAt"].as_i64().and_then(Timestamp::from_seconds),
        })
    };
    let mut limits: Vec<_> = ["primary", "secondary"]
        .into_iter()
        .filter_map(|name| limit(&told[name]))
        .collect();
    limits.sort_by_key(|limit| limit.window_minutes);
    limits
}

/// A word, or an object with one key.
fn code(info: &Value) -> Option<String> {
    let key = || {
        info.as_object()
            .and_then(|info| info.keys().next().cloned())
    };
    some_string(info).or_else(key)
}
