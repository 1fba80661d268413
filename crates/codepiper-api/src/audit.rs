use codepiper_model::{DecisionKind, Entry, EntryKind, Outcome, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `GET /audit/verify`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VerifyParams {
    /// A hash that was noted earlier: its row must still be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// What checking the audit came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationResponse {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// How many decisions there are.
    pub decisions: u64,
    /// How many entries came after decisions.
    pub entries: u64,
    /// The newest hashes: worth noting down elsewhere.
    pub head: AuditHeads,
    /// How many problems there are.
    pub problem_count: usize,
    /// The first hundred of them.
    pub problems: Vec<AuditProblem>,
    /// What keeps the end of the audit from being checked.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// The newest row of each of the two chains.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditHeads {
    /// Of the decisions.
    pub decisions: Option<AuditHead>,
    /// Of what came after them.
    pub after: Option<AuditHead>,
}

/// A row of a chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditHead {
    /// Its place.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditProblem {
    /// `decisions`, or `after` for what came after them.
    pub chain: String,
    /// The row.
    pub seq: i64,
    /// The decision it is, or is about.
    pub decision_id: Option<String>,
    /// What is wrong with it.
    pub what: String,
}

/// `GET /audit/entries`: those that are everything that is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntriesParams {
    /// Of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<EntryKind>,
    /// About this decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
    /// Not before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// With this text, whatever its case, in the kind or in a value of the facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Earlier than the entry at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
}

/// Entries beside the decisions, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EntriesResponse {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// JSON, one row a line.
    #[default]
    Jsonl,
    /// Comma-separated values with a line of names (RFC 4180).
    Csv,
}

/// `GET /audit/export`: everything that `GET /policy-decisions` would find, or with `entries`
/// everything that `GET /audit/entries` would; oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportParams {
    /// `jsonl` (the default) or `csv`.
    #[serde(default)]
    pub format: ExportFormat,
    /// The entries beside the decisions instead of the decisions.
    #[serde(default)]
    pub entries: bool,
    /// As for decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// As for decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionKind>,
    /// As for decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_name: Option<String>,
    /// As for decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// As for decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<String>,
    /// As for decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
    /// As for decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// As for entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<EntryKind>,
    /// As for entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
    /// Not before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// With this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A line of an export: a decision, or an entry beside them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportedLine<T> {
    /// The row as other answers show it.
    #[serde(flatten)]
    pub row: T,
    /// The very text of which `hash` is the SHA-256: what was written down, with the hash of the row
    /// before it.
    pub sealed: String,
}
