use serde_json::{Value, json};

use super::{some_string, string};
use crate::codex::command_line::unwrapped;
use crate::codex::patch::patch;

/// Something in a turn: what was said, or a tool that is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its id; that of a tool's use is the id which the hooks have, too.
    pub id: String,
    /// Its kind, such as `agentMessage` or `commandExecution`.
    pub kind: String,
    /// How far it is.
    pub state: ItemState,
    /// The tool that is used, where it is one that rules are about.
    pub tool: Option<Tool>,
    /// What was said, by the agent or the person.
    pub text: Option<String>,
    /// The name that whoever sent the prompt gave it.
    pub client_id: Option<String>,
    /// Whether the person runs it: a command behind an exclamation mark.
    pub by_person: bool,
}

/// How far an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// It goes on, or nothing is said of it.
    Open,
    /// It is over.
    Completed,
    /// It went wrong.
    Failed,
    /// Somebody or some rule said no.
    Declined,
}

/// A tool and what it gets, in the words that hooks use, so that the same rules are about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// `Bash`, `apply_patch`, `mcp__server__tool` or the tool's own name.
    pub name: String,
    /// What it gets.
    pub input: Value,
}

impl Item {
    pub(super) fn read(item: &Value) -> Self {
        let kind = string(&item["type"]);
        let state = match item["status"].as_str() {
            Some("completed") => ItemState::Completed,
            Some("failed") if was_rejected(item) => ItemState::Declined,
            Some("failed") => ItemState::Failed,
            Some("declined") => ItemState::Declined,
            _ => ItemState::Open,
        };
        let text = match kind.as_str() {
            "userMessage" => Some(text_of(&item["content"])),
            _ => some_string(&item["text"]),
        };
        Self {
            id: string(&item["id"]),
            state,
            tool: Tool::of(&kind, item),
            text,
            client_id: some_string(&item["clientId"]),
            by_person: item["source"] == "userShell",
            kind,
        }
    }
}

impl Tool {
    pub(super) fn command(line: &str) -> Self {
        Self {
            name: "Bash".to_owned(),
            input: json!({ "command": unwrapped(line) }),
        }
    }

    pub(super) fn mcp(server: &str, tool: &str, arguments: &Value) -> Self {
        Self {
            name: format!("mcp__{}__{}", identifier(server), identifier(tool)),
            input: arguments.clone(),
        }
    }

    fn of(kind: &str, item: &Value) -> Option<Self> {
        match kind {
            "commandExecution" => item["command"].as_str().map(Self::command),
            "fileChange" => patch(&item["changes"]).map(|patch| Self {
                name: "apply_patch".to_owned(),
                input: json!({ "command": patch }),
            }),
            "mcpToolCall" => {
                let (server, tool) = item["server"].as_str().zip(item["tool"].as_str())?;
                Some(Self::mcp(server, tool, &item["arguments"]))
            }
            _ => None,
        }
    }
}

/// Whether a person said no to a tool of an MCP server: it counts as failed then.
fn was_rejected(item: &Value) -> bool {
    let said = item["error"]["message"].as_str().unwrap_or_default();
    [
        "user rejected MCP tool call",
        "user cancelled MCP tool call",
    ]
    .contains(&said)
}

/// As Codex writes names of servers and tools where only letters, digits and `_` may stand.
fn identifier(name: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '_'
        }
    };
    name.chars().map(safe).collect()
}

fn text_of(content: &Value) -> String {
    let parts = content.as_array().into_iter().flatten();
    let texts: Vec<&str> = parts.filter_map(|part| part["text"].as_str()).collect();
    texts.join("\n")
}
