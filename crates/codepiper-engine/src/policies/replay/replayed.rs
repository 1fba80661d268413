use codepiper_model::{DecisionKind, SessionId, Timestamp, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::check::DecidedBy;

/// What a draft would have made of calls that were decided on.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TestPoliciesResponse)]
pub struct Replayed {
    /// How many calls there were.
    pub calls: usize,
    /// What would have become of them.
    pub would: Counts,
    /// Those that no rule of the draft matches: what the default action, or the agent itself, makes
    /// of them.
    pub no_rule: usize,
    /// Those of which not everything was kept, so that the draft may say something else of them.
    pub uncertain: usize,
    /// Those of which something else would have become.
    pub changed: Changed,
    /// The differences that are alike together, the most frequent first; at most two hundred.
    pub groups: Vec<Group>,
    /// The newest of the differences, newest first; at most two hundred.
    pub differences: Vec<Difference>,
    /// Whether there are more differences than are listed.
    pub truncated: bool,
}

/// Calls by what would become of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReplayCounts)]
pub struct Counts {
    /// They would run.
    pub allow: usize,
    /// A person would be asked.
    pub ask: usize,
    /// They would not run.
    pub deny: usize,
}

/// Calls of which something else would become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReplayChanges)]
pub struct Changed {
    /// How many there are.
    pub count: usize,
    /// What would become of them.
    #[serde(flatten)]
    pub would: Counts,
}

/// Differences that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReplayGroup)]
pub struct Group {
    /// The beginning of the command, or the tool.
    pub what: String,
    /// How many there are.
    pub count: usize,
    /// What was decided.
    pub was: DecisionKind,
    /// From what: `policy/rule`, `default`, `agent` or `fallback`.
    pub was_by: String,
    /// What would be.
    pub would: Verdict,
    /// The rule that would decide.
    pub rule: Option<DecidedBy>,
}

/// A call of which something else would become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReplayDifference)]
pub struct Difference {
    /// What was decided, in the audit.
    pub decision_id: String,
    /// When.
    pub at: Timestamp,
    /// The session.
    pub session_id: SessionId,
    /// The tool.
    pub tool_name: String,
    /// What it was to get, in one line and without secrets.
    pub summary: String,
    /// What was decided.
    pub was: DecisionKind,
    /// From what: `policy/rule`, `default`, `agent` or `fallback`.
    pub was_by: String,
    /// What would be.
    pub would: Verdict,
    /// The rule that would decide.
    pub rule: Option<DecidedBy>,
}
