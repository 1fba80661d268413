use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    Activity, Channel, Exit, ExitReason, ProviderId, SessionId, StatusLine, Timestamp, Verdict,
};

/// Where a session is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Made, but the agent has not shown a sign of life.
    Starting,
    /// The agent runs.
    Running,
    /// It ended as it should: by request, or with exit code 0.
    Stopped,
    /// It ended in any other way.
    Crashed,
}

impl Status {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
            Self::Crashed => "CRASHED",
        }
    }

    /// Whether there is, or should be, an agent.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Starting | Self::Running)
    }

    /// The status that an end leaves behind.
    pub const fn after(exit: &Exit) -> Self {
        match (exit.reason, exit.code) {
            (ExitReason::Stopped | ExitReason::Killed, _) | (ExitReason::Exited, Some(0)) => {
                Self::Stopped
            }
            _ => Self::Crashed,
        }
    }
}

/// Who pays for the agent's model calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BillingMode {
    /// The subscription the agent is signed in with; API keys are kept away from it.
    #[default]
    Subscription,
    /// An API key from the environment.
    Api,
}

impl BillingMode {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subscription => "subscription",
            Self::Api => "api",
        }
    }
}

/// One run of an agent in its own tmux server, from launch to exit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its name for ever.
    pub id: SessionId,
    /// The agent.
    pub provider: ProviderId,
    /// What people call it.
    pub name: Option<String>,
    /// Where the agent was started; absolute.
    #[schema(value_type = String)]
    pub cwd: PathBuf,
    /// The git branch that this directory is on, or the beginning of a commit; only while there is
    /// an agent.
    #[serde(default)]
    pub branch: Option<String>,
    /// Where it is in its life.
    pub status: Status,
    /// What it is doing; only while running.
    pub activity: Option<Activity>,
    /// What its agent told last of its context, its cost and its limits.
    #[serde(default)]
    pub status_line: Option<StatusLine>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its row last changed.
    pub updated_at: Timestamp,
    /// The agent's process.
    pub pid: Option<i32>,
    /// Width of its terminal.
    pub pty_cols: u16,
    /// Height of its terminal.
    pub pty_rows: u16,
    /// The model it was asked to use.
    pub model: Option<String>,
    /// Who pays.
    pub billing_mode: BillingMode,
    /// How its agent is heard and answered.
    #[serde(default)]
    #[schema(required)]
    pub channel: Channel,
    /// Whether it runs without asking.
    pub dangerous_mode: bool,
    /// Whether a tool call is refused while the daemon cannot be asked.
    pub fail_closed: bool,
    /// What becomes of a request that no rule matches, where the agent itself would ask; none: what
    /// the daemon's setting says.
    #[serde(default)]
    pub default_policy_action: Option<Verdict>,
    /// The agent's own name for the conversation.
    pub provider_session_id: Option<String>,
    /// Where the agent writes the conversation down.
    #[schema(value_type = Option<String>)]
    pub transcript_path: Option<PathBuf>,
    /// The command that attaches a terminal; absent once ended.
    pub attach: Option<Vec<String>>,
    /// How it ended.
    pub exit: Option<Exit>,
    /// Variables that its billing mode kept away from it.
    pub scrubbed_env: Vec<String>,
    /// Whatever its maker wanted to remember: any JSON.
    pub metadata: Map<String, Value>,
}
