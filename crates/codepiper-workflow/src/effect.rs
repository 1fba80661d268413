//! What an execution asks of the world.

use std::collections::BTreeMap;

use codepiper_model::{BillingMode, ProviderId, SessionId};
use serde::{Deserialize, Serialize};

/// Something to do. Each has a name that never comes again: whoever does it can tell whether it
/// has been done before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Effect {
    /// Start a session; the answer is nothing in particular.
    Start(Start),
    /// Give a session a prompt and wait; the answer is an [`Answer`](crate::Answer).
    Prompt(Prompt),
    /// Run a program, if the rules allow it; the answer is an [`Output`](crate::Output).
    Run(Command),
    /// Wait for a person's yes.
    Ask {
        /// What the person is shown.
        message: String,
    },
    /// End a session.
    End {
        /// The session.
        session: SessionId,
    },
}

/// A session to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// The name it is to have.
    pub session: SessionId,
    /// The agent.
    pub provider: ProviderId,
    /// What people call it.
    pub name: String,
    /// Where it starts.
    pub cwd: String,
    /// Further arguments for it.
    pub args: Vec<String>,
    /// Further variables for it.
    pub env: BTreeMap<String, String>,
    /// The model to use.
    pub model: Option<String>,
    /// Who pays for it.
    #[serde(default)]
    pub billing_mode: BillingMode,
    /// The policy sets that it gets.
    pub policy_sets: Vec<String>,
    /// The sets of secret variables that it gets.
    #[serde(default)]
    pub env_sets: Vec<String>,
    /// The git worktree of its own that it gets.
    #[serde(default)]
    pub worktree: Option<StartWorktree>,
    /// Whether it runs without asking.
    pub dangerous: bool,
}

/// A git worktree for a session to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartWorktree {
    /// Its branch; none: one that is named after the session.
    pub branch: Option<String>,
    /// Where a new branch begins; none: at what the directory is on.
    pub from: Option<String>,
}

/// A prompt to give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// The session.
    pub session: SessionId,
    /// The prompt.
    pub text: String,
    /// Whether to wait for the end of the turn.
    pub turn: bool,
    /// Whether a request for permission ends the wait.
    pub permission: bool,
    /// The events that end the wait.
    pub events: Vec<String>,
    /// The files whose content is wanted, by their paths in the session's directory.
    pub files: Vec<String>,
    /// Whether what changed in the repository is wanted.
    pub diff_stat: bool,
    /// Whether what the session has cost is wanted.
    pub cost: bool,
}

/// A program to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Command {
    /// The name of this run; no other has it.
    pub run: SessionId,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Where it starts.
    pub cwd: String,
    /// Further variables for it.
    pub env: BTreeMap<String, String>,
    /// Whether keys that pay by the call are kept away from it.
    #[serde(default)]
    pub billing_mode: BillingMode,
    /// The files whose content is wanted, by their paths in its directory.
    pub files: Vec<String>,
    /// Whether what changed in the repository is wanted.
    pub diff_stat: bool,
}

impl Command {
    /// The line as a person would type it.
    pub fn line(&self) -> String {
        match self.argv.as_slice() {
            [shell, flag, line] if shell == "sh" && flag == "-c" => line.clone(),
            words => words
                .iter()
                .map(|word| quoted(word))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
