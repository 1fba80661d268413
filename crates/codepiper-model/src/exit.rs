use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Timestamp;

/// How a session came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    /// Somebody asked it to stop.
    Stopped,
    /// The agent ended by itself.
    Exited,
    /// Somebody had it killed.
    Killed,
    /// Its tmux server is gone.
    TmuxLost,
    /// It never ran.
    LaunchFailed,
}

impl ExitReason {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Exited => "exited",
            Self::Killed => "killed",
            Self::TmuxLost => "tmux_lost",
            Self::LaunchFailed => "launch_failed",
        }
    }
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exit {
    /// How it came to its end.
    pub reason: ExitReason,
    /// The agent's exit code, when it ended by itself and the code is known.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What a person should know, such as why a launch failed.
    pub detail: Option<String>,
    /// When.
    pub at: Timestamp,
}
