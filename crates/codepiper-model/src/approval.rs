use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{ApprovalId, Matched, ProviderId, Risk, SessionId, Timestamp, ToolCall};

/// Where an approval is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalStatus {
    /// It waits for an answer.
    Pending,
    /// It was answered, and nothing of the agent has shown yet that this counted.
    Answered,
    /// What the agent did next shows that the answer counted.
    Effective,
    /// There is nothing to answer any more.
    Closed,
    /// Whoever carried the question has given up.
    Expired,
    /// What the agent did next shows that the answer did not count.
    Ineffective,
}

impl ApprovalStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Answered,
        Self::Effective,
        Self::Closed,
        Self::Expired,
        Self::Ineffective,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Answered => "answered",
            Self::Effective => "effective",
            Self::Closed => "closed",
            Self::Expired => "expired",
            Self::Ineffective => "ineffective",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// What a person says to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// It may happen.
    Allow,
    /// It must not.
    Deny,
}

impl Permission {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// The way an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// The command line.
    Cli,
    /// A call of the API.
    Api,
    /// The dashboard.
    Dashboard,
    /// A notification.
    Push,
    /// The agent's own dialog.
    Terminal,
}

/// An answer to an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// What it says.
    pub decision: Permission,
    /// Who gave it: `owner`, `terminal`.
    pub by: String,
    /// How it came.
    pub via: Via,
    /// What was added; told to the agent when the answer is no.
    pub note: Option<String>,
    /// The rule that was made of it.
    pub rule_id: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Why there is nothing to answer any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedReason {
    /// A person answered the agent's own dialog.
    AnsweredInTerminal,
    /// The agent does something else.
    AgentMovedOn,
    /// The session is over.
    SessionEnded,
}

/// A request of an agent that waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its name.
    pub id: ApprovalId,
    /// The session that asks.
    pub session_id: SessionId,
    /// The agent.
    pub provider: ProviderId,
    /// Where it is in its life.
    pub status: ApprovalStatus,
    /// The tool.
    pub tool_name: String,
    /// What the tool is to get: any JSON, as the agent gave it.
    pub tool_input: Value,
    /// The same in one line for a person.
    pub summary: String,
    /// Where it would happen.
    #[schema(value_type = String)]
    pub cwd: PathBuf,
    /// The sub-agent that asks; none for the main one.
    pub agent_id: Option<String>,
    /// What a file edit would change, where that is known.
    pub diff: Option<String>,
    /// What it could do at worst.
    pub risk: Risk,
    /// The rules that matched, strictest first.
    pub matched: Vec<Matched>,
    /// Names exactly this request; an answer has to repeat it.
    pub request_hash: String,
    /// When the agent asked.
    pub created_at: Timestamp,
    /// When the question ends by itself; never, today.
    pub expires_at: Option<Timestamp>,
    /// The answer.
    pub answer: Option<Answer>,
    /// Why there is nothing to answer any more.
    pub closed_reason: Option<ClosedReason>,
}

impl Approval {
    /// The call that is asked about; the agent's mode at that time is not kept.
    pub fn call(&self) -> ToolCall {
        ToolCall {
            tool_name: self.tool_name.clone(),
            tool_input: self.tool_input.clone(),
            cwd: self.cwd.clone(),
            session_id: Some(self.session_id),
            provider: Some(self.provider),
            mode: None,
        }
    }
}
