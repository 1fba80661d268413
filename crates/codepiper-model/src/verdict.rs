use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to become of a tool call. The order is that of strictness: of several verdicts the
/// greatest holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It may happen.
    Allow,
    /// A person decides.
    Ask,
    /// It must not happen.
    Deny,
}

impl Verdict {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

/// Why a policy counts for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// It is the session's own.
    Session,
    /// It is in a set that was given to the session.
    Set,
    /// It is for every session.
    Global,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matched {
    /// Its policy.
    pub policy_id: String,
    /// Its name.
    pub rule_id: String,
    /// What it says.
    pub action: Verdict,
    /// Why its policy counts.
    pub scope: Scope,
    /// Why it says so.
    pub reason: Option<String>,
}
