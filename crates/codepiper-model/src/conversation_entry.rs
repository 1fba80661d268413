//! An entry of a conversation as it is shown.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{ApprovalId, ConversationKind, Timestamp, Tokens};

/// One thing that was said or done in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationEntry {
    /// Names it among all entries.
    pub id: i64,
    /// Where it stands in its conversation, for `before` and `after`.
    pub place: String,
    /// Grows with every change of any entry: of two states of one entry the higher is the newer.
    pub revision: i64,
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub kind: ConversationKind,
    /// The words, at most 256 KiB of them; of a tool call what it is about.
    pub text: String,
    /// The sub-agent that said it; none for the agent of the session.
    pub agent_id: Option<String>,
    /// The model that said it, as the agent reports it.
    pub model: Option<String>,
    /// The answer of the model, or with Codex the turn, that it is a part of.
    pub message_id: Option<String>,
    /// The tool that was used.
    pub tool: Option<ConversationTool>,
    /// What that answer or turn cost, on its first entry.
    pub usage: Option<UsageCost>,
}

/// A tool that was used, and what came of that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationTool {
    /// The agent's name of the call.
    pub call_id: String,
    /// The tool; none where only the result is known.
    pub name: Option<String>,
    /// What it was given; a text where that is no JSON or too long.
    pub input: Value,
    /// What the model was told; none as long as it runs.
    pub result: Option<String>,
    /// Whether it failed or was refused.
    pub is_error: bool,
    /// When the result came.
    pub ended_at: Option<Timestamp>,
    /// How long it ran, where the agent tells; milliseconds.
    pub duration_ms: Option<u64>,
    /// The sub-agent that was given the work.
    pub sub_agent_id: Option<String>,
    /// The decision about the call.
    pub decision_id: Option<String>,
    /// The approval that a person gave or refused.
    pub approval_id: Option<ApprovalId>,
}

/// What was used, and what that costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageCost {
    /// Read and written.
    #[serde(flatten)]
    pub tokens: Tokens,
    /// In dollars; none where there is no price.
    pub cost_usd: Option<f64>,
}

/// Something that was found in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The session in whose conversation it stands.
    pub session_id: crate::SessionId,
    /// The words around the first place.
    pub excerpt: String,
    /// The entry.
    pub entry: ConversationEntry,
}

/// A line of a transcript that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptProblem {
    /// The session for which the file is followed.
    pub session_id: crate::SessionId,
    /// The file.
    pub path: String,
    /// The first byte of the line.
    pub offset: u64,
    /// How long the line is.
    pub bytes: u64,
    /// When it was read.
    pub seen_at: Timestamp,
    /// Why it could not be.
    pub reason: String,
    /// How it begins.
    pub begins: String,
}
