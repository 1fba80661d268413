//! What was said and done in a conversation, in words that all agents share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Timestamp, Tokens};

/// What an entry of a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationKind {
    /// What the person said, or in a sub-agent's part what it was told to do.
    Prompt,
    /// What the agent said.
    Reply,
    /// What it thought.
    Thinking,
    /// A tool that it used, with what came of that.
    ToolCall,
    /// Another agent that it gave work to, with what came of that.
    SubAgent,
    /// All before was replaced by a summary.
    Compaction,
    /// Something went wrong, or was interrupted.
    Error,
    /// A line of a kind that is not known, as it stands there.
    Other,
}

impl ConversationKind {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Reply => "reply",
            Self::Thinking => "thinking",
            Self::ToolCall => "tool_call",
            Self::SubAgent => "sub_agent",
            Self::Compaction => "compaction",
            Self::Error => "error",
            Self::Other => "other",
        }
    }
}

/// What a line of a transcript says.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// Something was said or done.
    Said(Said),
    /// What came of a tool call.
    Result(ToolResult),
    /// What an answer cost.
    Usage(Usage),
    /// A turn is over.
    TurnEnded(TurnEnded),
    /// An agent was given work; its part of the conversation is in a transcript of its own.
    SubAgent {
        /// The agent's own name for it.
        agent_id: String,
        /// The call that it works for.
        call_id: Option<String>,
    },
    /// The conversation goes on where another one was at that byte of its transcript.
    Continues {
        /// The other one, by the agent's own name.
        conversation: String,
        /// The first byte of the other's transcript that is not part of this conversation.
        until: u64,
    },
}

/// One thing that was said or done.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Names it in its transcript.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub kind: ConversationKind,
    /// The words: of a tool call what it is about, in one line where possible.
    pub text: String,
    /// The sub-agent that said it.
    pub agent_id: Option<String>,
    /// The model that said it, as the agent reports it.
    pub model: Option<String>,
    /// The answer of the model that it is a part of.
    pub message_id: Option<String>,
    /// The tool that was used.
    pub tool: Option<ToolUse>,
}

/// A tool that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolUse {
    /// The agent's name of the call.
    pub call_id: String,
    /// The tool.
    pub name: String,
    /// What it was given: JSON.
    pub input: String,
}

/// What came of a tool call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolResult {
    /// The call.
    pub call_id: String,
    /// When.
    pub at: Timestamp,
    /// What the model was told.
    pub text: String,
    /// Whether it failed or was refused.
    pub is_error: bool,
    /// How long it ran, where the agent tells; milliseconds.
    pub duration_ms: Option<u64>,
}

/// What an answer cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Names the answer among all answers: the same again is the same answer, told once more.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// The model, as the agent reports it.
    pub model: String,
    /// What it read and wrote.
    pub tokens: Tokens,
    /// The entry's [`message_id`](Said::message_id).
    pub message_id: String,
}

/// A turn that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnEnded {
    /// Names it among all turns.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// How long the agent was at it, a person's thinking included; milliseconds.
    pub duration_ms: u64,
}

impl TurnEnded {
    /// The longest turn that is believed, in milliseconds: a year.
    pub const LONGEST_MS: u64 = 366 * 24 * 60 * 60 * 1000;
}
