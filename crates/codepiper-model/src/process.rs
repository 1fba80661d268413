use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Timestamp;

/// What one process takes of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// The number of its parent.
    pub parent: i32,
    /// The name of its program, as the system has it; never its arguments, which may hold secrets.
    pub command: String,
    /// The memory it has at hand, in bytes; what it shares with others is in it.
    pub rss_bytes: u64,
    /// How long it has kept processors busy, in milliseconds.
    pub cpu_millis: u64,
    /// When it was started.
    pub started_at: Timestamp,
}

/// What the processes of a session take at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProcessTree {
    /// Its processes in the order of their start, its tmux server among them.
    pub processes: Vec<Process>,
    /// All of them together.
    pub total: ProcessTotal,
}

/// A sum over processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessTotal {
    /// Of [`Process::rss_bytes`]; what processes share is counted with each.
    pub rss_bytes: u64,
    /// Of [`Process::cpu_millis`]; what processes took that have ended is not in it.
    pub cpu_millis: u64,
}
