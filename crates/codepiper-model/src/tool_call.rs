use std::path::PathBuf;

use serde_json::Value;

use crate::{ProviderId, SessionId};

/// What an agent wants to do: use one of its tools.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// The tool, in the agent's own spelling (`Bash`, `Write`, `mcp__server__tool`).
    pub tool_name: String,
    /// What it wants to give the tool.
    pub tool_input: Value,
    /// Where it would happen.
    pub cwd: PathBuf,
    /// The session that asks.
    pub session_id: Option<SessionId>,
    /// The agent.
    pub provider: Option<ProviderId>,
    /// The permission mode that the agent is in, in its own spelling; none where it has not said.
    pub mode: Option<String>,
}
