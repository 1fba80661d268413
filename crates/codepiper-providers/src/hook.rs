use std::path::PathBuf;

use codepiper_model::{ActivityState, Trouble};
use serde_json::Value;

/// What an event of an agent's hook says.
#[derive(Clone, Debug, PartialEq)]
pub struct HookReading {
    /// What happened.
    pub fact: HookFact,
    /// What the agent does from now on, where the event tells.
    pub activity: Option<ActivityState>,
    /// What went wrong with the turn that it ends.
    pub trouble: Option<Trouble>,
    /// The sub-agent that it happened in; none for the main one.
    pub agent_id: Option<String>,
    /// Where the agent works at that moment.
    pub cwd: Option<PathBuf>,
    /// The permission mode that it is in, in its own spelling.
    pub mode: Option<String>,
    /// The conversation that begins: the agent's own name of it, and where it is written down.
    pub conversation: Option<(String, PathBuf)>,
}

/// What happened, as far as anything follows from it.
#[derive(Clone, Debug, PartialEq)]
pub enum HookFact {
    /// A tool is about to be used, whether or not the agent would ask for leave.
    BeforeTool(HookCall),
    /// A tool is about to be used, and nobody can say which.
    Unreadable,
    /// The agent asks for leave to use a tool.
    PermissionAsked(HookCall),
    /// A tool was used.
    AfterTool(HookCall),
    /// The results of some calls went to the model, those that were refused among them.
    AfterBatch(Vec<HookCall>),
    /// A conversation began.
    ConversationBegan,
    /// A turn began or ended: no call of an earlier one is open any more.
    TurnChanged,
    /// Something else.
    Other,
}

/// A tool call as a hook names it.
#[derive(Clone, Debug, PartialEq)]
pub struct HookCall {
    /// The tool.
    pub tool_name: String,
    /// What it gets.
    pub tool_input: Value,
    /// The agent's own name of the call, where the event has it.
    pub tool_use_id: Option<String>,
    /// Whether it is a question to the person: an `allow` would be no answer to it.
    pub is_question: bool,
}

/// What the agent is told about a tool call, with words for its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookAnswer<'a> {
    /// It may go on.
    Allow,
    /// It may not, and this is why.
    Deny(&'a str),
    /// A person is to be asked, and this is why.
    Ask(&'a str),
}

/// How an agent calls its hooks.
#[derive(Clone, Copy, Debug)]
pub struct HookCommand<'a> {
    /// Our own program, at a place that stays.
    pub program: &'a std::path::Path,
    /// Where what cannot be delivered waits.
    pub spool: &'a std::path::Path,
    /// What it has to find in its environment.
    pub variables: &'a [(&'static str, String)],
    /// Whether a tool call is refused while the daemon cannot be asked.
    pub fail_closed: bool,
    /// Whether its status line goes through us, where it has one that can.
    pub status_line: bool,
}
