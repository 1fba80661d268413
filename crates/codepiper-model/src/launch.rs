use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a provider turned a request into: the program, its arguments and the files beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchSpec {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Variables the provider needs, over those of the session.
    pub env: Vec<(String, String)>,
    /// Files to write (0600) into the session's directory before the start: name and contents.
    pub files: Vec<(String, String)>,
    /// The agent's own name for the conversation, when we choose it.
    pub provider_session_id: Option<String>,
    /// Where the agent will write the conversation down.
    pub transcript_path: Option<PathBuf>,
    /// Whether the first prompt is among the arguments; otherwise it has to be typed.
    pub prompt_in_argv: bool,
}

/// The file from which our own binary executes the agent inside the pane. The environment is
/// not in it: that is the pane's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Where to start it.
    pub cwd: PathBuf,
    /// Where to say why it could not be started.
    pub failure_file: PathBuf,
}
