use codepiper_model::{Decision, SessionId};
use serde::{Deserialize, Serialize};

/// `GET /policy-decisions`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionsParams {
    /// Of this session only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// `allow`, `deny`, `ask` or `none` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Earlier than the decision of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Decisions, newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecisionsResponse {
    /// The decisions.
    pub decisions: Vec<Decision>,
}

/// `GET /audit/verify`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
