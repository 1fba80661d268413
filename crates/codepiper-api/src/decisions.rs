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
