use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Matched, Seq, SessionId, Timestamp};

/// What was decided on a tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecisionKind {
    /// It may happen.
    Allow,
    /// It must not.
    Deny,
    /// A person was asked.
    Ask,
    /// Nobody here had anything to say: the agent's own rules applied.
    None,
}

impl DecisionKind {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Ask => "ask",
            Self::None => "none",
        }
    }
}

/// What a decision was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecisionSource {
    /// A rule matched.
    Rule,
    /// None did, and the default action applied where the agent would have asked.
    Default,
    /// None did, and the agent did not ask.
    Agent,
    /// The daemon was not there; its absence decided.
    Fallback,
}

impl DecisionSource {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Default => "default",
            Self::Agent => "agent",
            Self::Fallback => "fallback",
        }
    }
}

/// What came of a tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It happened.
    Ran,
    /// It did not.
    Blocked,
    /// It was answered, and nothing has been seen since.
    Answered,
    /// Nothing has been seen.
    Unknown,
}

impl Outcome {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Blocked => "blocked",
            Self::Answered => "answered",
            Self::Unknown => "unknown",
        }
    }
}

/// The audit's row of one tool call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Its name, a UUID.
    pub id: String,
    /// The session.
    pub session_id: SessionId,
    /// The event that it was asked with.
    #[schema(value_type = Option<i64>)]
    pub event_id: Option<Seq>,
    /// The sub-agent; none for the main one.
    pub agent_id: Option<String>,
    /// The policy whose rule decided.
    pub policy_id: Option<String>,
    /// The rule that decided.
    pub rule_id: Option<String>,
    /// The tool.
    pub tool_name: String,
    /// What the tool was to get, without secrets: any JSON, as the agent gave it.
    pub tool_input: Value,
    /// The same, under its older name.
    pub args: Value,
    /// What was decided.
    pub decision: DecisionKind,
    /// From what.
    pub source: DecisionSource,
    /// Every rule that matched, strictest first.
    pub matched: Vec<Matched>,
    /// Why.
    pub reason: Option<String>,
    /// Who had the last word: `policy`, `owner`, `terminal`, `agent`.
    pub actor: String,
    /// What came of it.
    pub outcome: Outcome,
    /// When.
    pub timestamp: Timestamp,
    /// The hash of this entry of the audit's chain.
    pub hash: String,
    /// The hash of the entry before it.
    pub prev_hash: String,
}
