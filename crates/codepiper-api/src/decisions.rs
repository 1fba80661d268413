use codepiper_model::{Decision, DecisionKind, Outcome, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `GET /policy-decisions`: those that are everything that is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionsParams {
    /// Of this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// `allow`, `deny`, `ask` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionKind>,
    /// On this tool; `*` stands for any text (`mcp__*`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_name: Option<String>,
    /// `ran`, `blocked`, `answered` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// By a rule of this policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<String>,
    /// By the rule of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
    /// Where this one had the last word: `policy`, `owner`, `terminal`, `agent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Not before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// With this text, whatever its case, in the tool's name, in a value of what the tool was to
    /// get, or in the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Earlier than the decision of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
}

/// Decisions, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DecisionsResponse {
    /// The decisions.
    pub decisions: Vec<Decision>,
}
