//! Calls that a rule's author gives with it, so that it says what they mean.

use std::path::PathBuf;

use codepiper_model::ToolCall;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::evaluate::matches;
use crate::facts::Facts;
use crate::rule::CompiledRule;
use crate::{Context, PolicyError, Rule};

/// A command line for Bash, or a call of any tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "an example is a command line, or `{\"tool\": …, \"input\": {…}}`"
)]
pub enum Example {
    /// What Bash would be given.
    Line(String),
    /// Any tool.
    Call(ExampleCall),
}

/// A call of any tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleCall {
    /// The tool.
    pub tool: String,
    /// What it is given.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub input: Value,
    /// Where; `/workspace` where that does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[schema(value_type = Option<String>)]
    pub cwd: Option<PathBuf>,
    /// The mode that the agent is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mode: Option<String>,
}

impl Example {
    fn call(&self) -> ToolCall {
        let (tool_name, tool_input, cwd, mode) = match self {
            Self::Line(line) => ("Bash".to_owned(), json!({ "command": line }), None, None),
            Self::Call(call) => (
                call.tool.clone(),
                call.input.clone(),
                call.cwd.clone(),
                call.mode.clone(),
            ),
        };
        ToolCall {
            tool_name,
            tool_input,
            cwd: cwd.unwrap_or_else(|| "/workspace".into()),
            session_id: None,
            provider: None,
            mode,
        }
    }
}

pub(crate) fn check(rule: &Rule, compiled: &CompiledRule) -> Result<(), PolicyError> {
    let wanted = rule
        .matches
        .iter()
        .enumerate()
        .map(|(i, example)| ("match", i, example, true));
    let unwanted = rule
        .not_match
        .iter()
        .enumerate()
        .map(|(i, example)| ("not_match", i, example, false));
    for (list, i, example, expected) in wanted.chain(unwanted) {
        let call = example.call();
        let context = Context::default();
        if matches(compiled, &Facts::new(&call, &context)) != expected {
            let message = if expected {
                "the rule does not match this"
            } else {
                "the rule matches this"
            };
            return Err(PolicyError::new(format!("{list}[{i}]"), message));
        }
    }
    Ok(())
}
