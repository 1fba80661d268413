use std::path::PathBuf;

use clap::{Args, ValueEnum};
use codepiper_model::BillingMode;

use super::Action;

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Where the agent works.
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The agent; by default the first that is installed and signed in, else the demo agent.
    #[arg(short, long)]
    pub(crate) provider: Option<String>,
    /// Do not attach.
    #[arg(long)]
    pub(crate) no_attach: bool,
    #[command(flatten)]
    pub(crate) launch: Launch,
}

#[derive(Debug, Args)]
pub(crate) struct Down {
    /// Stop the sessions too.
    #[arg(long)]
    pub(crate) sessions: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The agent: `claude-code`, `codex` or `demo`.
    #[arg(short, long, required_unless_present = "workspace")]
    pub(crate) provider: Option<String>,
    /// Where the agent works; by default the workspace's directory, else this one.
    #[arg(short, long)]
    pub(crate) dir: Option<PathBuf>,
    /// The workspace whose defaults apply to what is not said here: its name, or the beginning of its
    /// id.
    #[arg(short, long)]
    pub(crate) workspace: Option<String>,
    /// The first prompt.
    #[arg(long)]
    pub(crate) prompt: Option<String>,
    /// Go on with a conversation of the agent's own, by the agent's name for it; it may have been
    /// begun outside of CodePiper.
    #[arg(long, value_name = "ID")]
    pub(crate) resume: Option<String>,
    /// Go on with a copy of that conversation, and leave it as it is.
    #[arg(long, requires = "resume")]
    pub(crate) fork: bool,
    #[command(flatten)]
    pub(crate) launch: Launch,
    /// Arguments for the agent itself.
    #[arg(last = true)]
    pub(crate) args: Vec<String>,
}

/// What a new session is.
#[derive(Debug, Args)]
pub(crate) struct Launch {
    /// Who pays: the agent's own sign-in (by default), or an API key.
    #[arg(short, long, value_enum)]
    pub(crate) billing: Option<Billing>,
    /// Let the agent run without asking.
    #[arg(long)]
    pub(crate) dangerous: bool,
    /// Refuse the agent's tool calls while the daemon cannot be asked, instead of leaving them to
    /// the agent's own rules.
    #[arg(long)]
    pub(crate) fail_closed: bool,
    /// What becomes of a request that no rule matches, where the agent itself would ask, if it is
    /// not what `policy default` says.
    #[arg(long, value_enum)]
    pub(crate) default_action: Option<Action>,
    /// A policy set that the session gets, beside the one that every new session gets.
    #[arg(long, value_name = "ID")]
    pub(crate) policy_set: Vec<String>,
    /// A variable for the agent. For secrets use `--env-from`: arguments are visible to others.
    #[arg(long = "env", value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// A variable for the agent, with the value it has here.
    #[arg(long, value_name = "NAME")]
    pub(crate) env_from: Vec<String>,
    /// A set of variables for the agent, under those: its name, or the beginning of its id. May be
    /// given more than once; the later win.
    #[arg(long, value_name = "SET")]
    pub(crate) env_set: Vec<String>,
    /// Give it a git worktree of its own, on this branch, which is made where there is none; without
    /// one, on a new branch that is named after the session.
    #[arg(long, value_name = "BRANCH", num_args = 0..=1, default_missing_value = "")]
    pub(crate) worktree: Option<String>,
    /// Give it none, also where the workspace says that each session gets one.
    #[arg(long, conflicts_with = "worktree")]
    pub(crate) no_worktree: bool,
    /// Where the worktree's new branch begins; by default at what the directory is on.
    #[arg(long, value_name = "REF", requires = "worktree")]
    pub(crate) from: Option<String>,
    /// A program that is run in the new worktree before the agent starts; where it is no absolute
    /// path, it is one in the repository.
    #[arg(long, value_name = "SCRIPT", requires = "worktree")]
    pub(crate) setup: Option<String>,
    /// A program that is run in the worktree before it is removed.
    #[arg(long, value_name = "SCRIPT", requires = "worktree")]
    pub(crate) teardown: Option<String>,
    /// The model to use.
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// What to call the session.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Width of its terminal.
    #[arg(long)]
    pub(crate) cols: Option<u16>,
    /// Height of its terminal.
    #[arg(long)]
    pub(crate) rows: Option<u16>,
}

impl Launch {
    /// Whether anything but the defaults is wanted.
    pub(crate) fn asks_for_something(&self) -> bool {
        let texts = [&self.model, &self.name];
        self.billing == Some(Billing::Api)
            || self.dangerous
            || self.fail_closed
            || self.default_action.is_some()
            || !self.policy_set.is_empty()
            || !self.env.is_empty()
            || !self.env_from.is_empty()
            || !self.env_set.is_empty()
            || self.cols.or(self.rows).is_some()
            || self.worktree.is_some()
            || self.no_worktree
            || texts.iter().any(|text| text.is_some())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Billing {
    Subscription,
    Api,
}

impl Billing {
    pub(crate) const fn mode(self) -> BillingMode {
        match self {
            Self::Subscription => BillingMode::Subscription,
            Self::Api => BillingMode::Api,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// A backup, of which everything is put back; without one, the sessions of before a restart of the
    /// machine are brought back.
    pub(crate) file: Option<PathBuf>,
    /// Only show what would be brought back, or whether the backup can be read.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Move what is there already aside.
    #[arg(long, requires = "file")]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Fork {
    /// The beginning of the session's id, or its name.
    pub(crate) session: String,
    /// What to call the new session.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Its first prompt.
    #[arg(long)]
    pub(crate) prompt: Option<String>,
}
