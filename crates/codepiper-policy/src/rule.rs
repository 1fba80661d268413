use std::collections::BTreeMap;

use codepiper_model::{ToolCall, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::patterns::Compiled;
use crate::{Patterns, PolicyError, shell_line};

/// What is to become of the tool calls that it matches. Everything that is given must match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name within the policy.
    pub id: String,
    /// What it says.
    pub action: Verdict,
    /// The tool's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Patterns>,
    /// The tool's arguments, by name. One that is not there is what every `!` pattern wants, and
    /// nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<BTreeMap<String, Patterns>>,
    /// Where it would happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<Patterns>,
    /// The session's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Patterns>,
    /// Why: shown to the person and told to the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A rule that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct CompiledRule {
    action: Verdict,
    tool: Option<Compiled>,
    args: Vec<(String, Compiled)>,
    cwd: Option<Compiled>,
    session: Option<Compiled>,
}

/// The argument that holds a shell line, and the tools that run it.
const SHELL_ARGUMENT: &str = "command";

impl Rule {
    pub(crate) fn compile(&self) -> Result<CompiledRule, PolicyError> {
        if self.id.trim().is_empty() {
            return Err(PolicyError::new("id", "a rule needs a name"));
        }
        let args = self.args.as_ref();
        if self.tool.is_none() && args.is_none() && self.cwd.is_none() && self.session.is_none() {
            let message = "a rule without any condition would match everything; say `\"tool\": \"*\"` \
                           where that is meant";
            return Err(PolicyError::new("tool", message));
        }
        if args.is_some_and(BTreeMap::is_empty) {
            return Err(PolicyError::new("args", "it names no argument; remove it"));
        }
        let compile = |patterns: Option<&Patterns>, path: &str| {
            patterns.map(|patterns| patterns.compile(path)).transpose()
        };
        Ok(CompiledRule {
            action: self.action,
            tool: compile(self.tool.as_ref(), "tool")?,
            args: args
                .into_iter()
                .flatten()
                .map(|(name, patterns)| {
                    Ok((name.clone(), patterns.compile(&format!("args.{name}"))?))
                })
                .collect::<Result<_, PolicyError>>()?,
            cwd: compile(self.cwd.as_ref(), "cwd")?,
            session: compile(self.session.as_ref(), "session")?,
        })
    }
}

impl CompiledRule {
    pub(crate) fn matches(&self, call: &ToolCall) -> bool {
        let session = || call.session_id.map(|id| id.to_string()).unwrap_or_default();
        is_met(self.tool.as_ref(), || call.tool_name.clone())
            && is_met(self.cwd.as_ref(), || {
                call.cwd.to_string_lossy().into_owned()
            })
            && is_met(self.session.as_ref(), session)
            && self
                .args
                .iter()
                .all(|(name, patterns)| self.argument_matches(call, name, patterns))
    }

    fn argument_matches(&self, call: &ToolCall, name: &str, patterns: &Compiled) -> bool {
        let Some(text) = call.tool_input.get(name).and_then(argument_text) else {
            return patterns.matches_absence();
        };
        // A pattern for `git *` is not meant for `git status; rm -rf /`.
        let may_say_so =
            self.action != Verdict::Allow || name != SHELL_ARGUMENT || shell_line::is_simple(&text);
        may_say_so && patterns.matches(&text)
    }
}

fn is_met(patterns: Option<&Compiled>, text: impl FnOnce() -> String) -> bool {
    patterns.is_none_or(|patterns| patterns.matches(&text()))
}

/// An argument as text: objects and lists as compact JSON.
fn argument_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
