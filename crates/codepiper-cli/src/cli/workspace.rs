use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Billing;

#[derive(Debug, Args)]
pub(crate) struct Workspace {
    #[command(subcommand)]
    pub(crate) command: WorkspaceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkspaceCommand {
    /// List the workspaces.
    #[command(visible_alias = "ls")]
    List,
    /// Show a workspace.
    #[command(visible_alias = "show")]
    Get {
        /// Its name, or the beginning of its id.
        workspace: String,
    },
    /// Make a workspace.
    #[command(visible_alias = "add")]
    Create {
        /// What to call it.
        name: String,
        /// The directory.
        #[arg(short, long, default_value = ".")]
        dir: PathBuf,
        #[command(flatten)]
        flags: WorkspaceFlags,
    },
    /// Change a workspace; what is not spoken of stays.
    Update {
        /// Its name, or the beginning of its id.
        workspace: String,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
        /// The directory.
        #[arg(short, long)]
        dir: Option<PathBuf>,
        #[command(flatten)]
        flags: WorkspaceFlags,
    },
    /// Forget a workspace; the directory and its sessions stay.
    #[command(visible_alias = "rm")]
    Delete {
        /// Its name, or the beginning of its id.
        workspace: String,
    },
}

/// What new sessions there are. An empty text takes a default away.
#[derive(Debug, Args)]
pub(crate) struct WorkspaceFlags {
    /// The agent of new sessions.
    #[arg(short, long)]
    pub(crate) provider: Option<String>,
    /// Their model.
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Who pays for them.
    #[arg(short, long, value_enum)]
    pub(crate) billing: Option<Billing>,
    /// A policy set that they get; may be given more than once, in place of those it had.
    #[arg(long, value_name = "ID")]
    pub(crate) policy_set: Vec<String>,
    /// A set of variables that they get; may be given more than once, in place of those it had.
    #[arg(long, value_name = "SET")]
    pub(crate) env_set: Vec<String>,
    /// Whether they get a git worktree of their own.
    #[arg(long, value_enum)]
    pub(crate) worktree: Option<Worktrees>,
    /// A program that is run in each new worktree before the agent starts; where it is no absolute
    /// path, it is one in the workspace.
    #[arg(long, value_name = "SCRIPT")]
    pub(crate) setup: Option<String>,
    /// A program that is run in a worktree before it is removed.
    #[arg(long, value_name = "SCRIPT")]
    pub(crate) teardown: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Worktrees {
    Never,
    Ask,
    Always,
}
