//! Text that is typed into an agent's prompt through our own interface.

use std::collections::BTreeSet;

use codepiper_model::ToolCall;
use serde_json::json;

/// The tool that stands for text typed into an agent's prompt. Its `input` is what Enter submits.
///
/// A rule speaks of it only where its `tool` tells it from the agent's own tools: a rule about `*`
/// is about what the agent does, and must not take a person's words away.
pub const TERMINAL_INPUT: &str = "terminal_input";

/// What a typed line is to the agent that gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedKind {
    /// Words for the model.
    Prompt,
    /// `!` and a shell line, which runs at once: without a hook, and without asking.
    Shell,
    /// `/` and a command for the agent.
    Slash,
}

impl TypedKind {
    /// What `line` is. A leading blank makes it words; other characters that cannot be seen hide
    /// nothing.
    pub fn of(line: &str) -> Self {
        match visible(line).chars().next() {
            Some('!') => Self::Shell,
            Some('/') => Self::Slash,
            _ => Self::Prompt,
        }
    }

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Shell => "shell",
            Self::Slash => "slash",
        }
    }
}

fn visible(line: &str) -> &str {
    line.trim_start_matches(|c: char| c != ' ' && !c.is_alphanumeric() && !c.is_ascii_punctuation())
}

/// The lines of a text of several, each as a call of its own.
pub(crate) fn lines(call: &ToolCall) -> impl Iterator<Item = ToolCall> {
    let text = call.tool_input["input"].as_str().unwrap_or_default();
    let lines = text.split(['\n', '\r']).map(str::trim);
    let distinct: BTreeSet<&str> = lines.filter(|line| !line.is_empty()).collect();
    distinct
        .into_iter()
        .filter(move |line| *line != text)
        .map(|line| ToolCall {
            tool_input: json!({ "input": line, "kind": TypedKind::Prompt.as_str() }),
            ..call.clone()
        })
}

/// The shell line that a typed line would run, as the tool call that it is.
pub(crate) fn shell_escape(call: &ToolCall) -> Option<ToolCall> {
    if call.tool_name != TERMINAL_INPUT {
        return None;
    }
    let line = call.tool_input.get("input")?.as_str()?;
    let is_shell = TypedKind::of(line) == TypedKind::Shell;
    let command = visible(line).strip_prefix('!').filter(|_| is_shell)?;
    Some(ToolCall {
        tool_name: "Bash".to_owned(),
        tool_input: json!({ "command": command.trim() }),
        ..call.clone()
    })
}
