mod analytics;
mod approvals;
mod audit;
mod auth;
mod conversation;
mod daemon;
mod env_set;
mod git;
mod housekeeping;
mod look;
mod notifications;
mod policy;
mod policy_set;
mod service;
mod settings;
mod start;
mod tell;
mod workflow;
mod workspace;
mod worktree;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use analytics::{Analytics, By, View};
pub(crate) use approvals::{AnswerApproval, Approvals};
pub(crate) use audit::{
    Audit, AuditCommand, CameOf, Decided, Entries, Export, Times, WhichDecisions, WhichEntries,
};
pub(crate) use auth::{Auth, AuthCommand, Reset, Revoke};
pub(crate) use conversation::{Conversation, Problems, Search, Transcripts, TranscriptsCommand};
pub(crate) use daemon::{Daemon, DaemonCommand, DaemonRun, LogFormat, WebFlags};
pub(crate) use env_set::{EnvSet, EnvSetCommand};
pub(crate) use git::{Files, Git, GitCommand, Turn, WhichDiff};
pub(crate) use housekeeping::{Backup, Delete, Key, KeyCommand, Prune, Top};
pub(crate) use look::{
    Events, Logs, Providers, ProvidersCommand, Sessions, TableFormat, Tail, Wait, Which,
};
pub(crate) use notifications::{
    ListNotifications, NotificationSettings, Notifications, NotificationsCommand,
};
pub(crate) use policy::{
    Action, ApplyPolicies, CheckPolicy, CreatePolicy, DefaultAction, ExportPolicies, ListPolicies,
    OnePolicy, Policy, PolicyCommand, TestPolicies, UpdatePolicy,
};
pub(crate) use policy_set::{Gift, Member, PolicySet, PolicySetCommand};
pub(crate) use service::{Service, ServiceCommand};
pub(crate) use settings::{Settings, SettingsCommand};
pub(crate) use start::{Billing, Down, Fork, Launch, Restore, Start, Up};
pub(crate) use tell::{Keys, Model, Prompts, PromptsCommand, Send, Slash};
pub(crate) use workflow::{
    AnswerStep, HowToRun, OneExecution, RunWorkflow, Workflow, WorkflowCommand,
};
pub(crate) use workspace::{Workspace, WorkspaceCommand, WorkspaceFlags, Worktrees};
pub(crate) use worktree::{Worktree, WorktreeCommand};

const AUDIT_EXAMPLES: &str = "Examples:
  codepiper audit --decision deny --since 7d
  codepiper audit --tool 'mcp__*' --outcome ran --text staging";

const ANALYTICS_EXAMPLES: &str = "Examples:
  codepiper analytics costs --range 30d --by project
  codepiper analytics tokens --range 2026-11-01..2026-11-23 --csv > november.csv";

const RESTORE_EXAMPLES: &str = "Examples:
  codepiper restore                            # sessions, after the machine was off
  codepiper restore monday.backup --dry-run    # can it be read?
  codepiper down && codepiper restore monday.backup";

const SETTINGS_EXAMPLES: &str = "Examples:
  codepiper settings                           # what is set, and where that comes from
  codepiper settings explain retentionDays
  codepiper settings set timeZone Europe/Berlin
  codepiper settings statusLine true           # the same, shorter";

/// Own your AI coding agents' sessions: start them, leave them, find them again.
///
/// Exit codes: 0 done, 1 failed, 2 usage, 3 not found or ambiguous, 4 daemon unreachable,
/// 5 refused, 6 the session ended while waiting, 7 the agent needs a person, 124 the time is over.
#[derive(Debug, Parser)]
#[command(
    name = "codepiper",
    version,
    max_term_width = 100,
    propagate_version = true
)]
pub(crate) struct Cli {
    /// The daemon's socket.
    #[arg(
        short,
        long,
        global = true,
        env = "CODEPIPER_SOCKET",
        value_name = "PATH"
    )]
    pub(crate) socket: Option<PathBuf>,

    /// Print the answer as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the daemon and a session, and attach to it.
    Up(Up),
    /// Stop the daemon; sessions live on.
    Down(Down),
    /// Run, stop or look at the daemon.
    Daemon(Daemon),
    /// Say who may sign in on the dashboard, and end sign-ins.
    Auth(Auth),
    /// Start a session.
    Start(Start),
    /// List the sessions.
    #[command(visible_alias = "ls")]
    Sessions(Sessions),
    /// Show one session.
    Show(One),
    /// Put your terminal into a session.
    Attach(One),
    /// Give a session's agent a prompt.
    Send(Send),
    /// Press keys in a session.
    Keys(Keys),
    /// End the turn of a session's agent, and wait until it is over.
    Interrupt(One),
    /// List the prompts that wait until a session's agent is done, change them, take them back.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Prompts(Prompts),
    /// Give a session's agent one of its slash commands.
    Slash(Slash),
    /// Show the model of a session's agent, or give it another one.
    Model(Model),
    /// Show what was said and done in a session, and what that cost.
    #[command(after_help = "Example:\n  codepiper conversation api --markdown > api.md")]
    Conversation(Conversation),
    /// Search what was said and done in all sessions, the newest first.
    #[command(
        after_help = "Example:\n  codepiper search '\"connection refused\" proxy' --since 7d"
    )]
    Search(Search),
    /// Show what was wrong with the files in which agents write conversations down.
    Transcripts(Transcripts),
    /// Show the end of a session's terminal.
    Tail(Tail),
    /// Show what happened in a session.
    Logs(Logs),
    /// Show the stored events, of one session or of all.
    Events(Events),
    /// Give a session a name; without one, take it away.
    Rename(Rename),
    /// Start the agent of an ended session again, with the same conversation.
    Resume(One),
    /// Bring back the sessions that ran when the machine was switched off, or everything that is in a
    /// backup.
    #[command(after_help = RESTORE_EXAMPLES)]
    Restore(Restore),
    /// Write everything that the daemon keeps into one file, the key of the secrets among it: keep it
    /// where nobody else can read it.
    Backup(Backup),
    /// Change the key that secrets are sealed with.
    Key(Key),
    /// Start a new session that goes on where the conversation of another one is now.
    Fork(Fork),
    /// Take up a session again whose terminal did not answer.
    Recover(One),
    /// End a session: its own exit first, then SIGTERM, then SIGKILL.
    Stop(One),
    /// End a session at once, with everything it started.
    Kill(One),
    /// Show what the agents used, and what that costs.
    #[command(after_help = ANALYTICS_EXAMPLES)]
    Analytics(Analytics),
    /// Show what the sessions take of the machine's memory and processors.
    Top(Top),
    /// Remove a session that has ended, with its events and its conversation.
    ///
    /// The decisions on its tool calls stay in the audit, what it used stays in the analytics, and
    /// what the agent wrote itself stays too.
    Delete(Delete),
    /// Remove the sessions that ended long ago.
    #[command(after_help = "Example:\n  codepiper prune --older-than 30d --dry-run")]
    Prune(Prune),
    /// Make a session's terminal another size.
    Resize(Resize),
    /// Wait until a session is in a state.
    Wait(Wait),
    /// List the requests of agents that wait for a person.
    #[command(after_help = "Example:\n  codepiper approvals --watch")]
    Approvals(Approvals),
    /// Let an agent do what it asks for.
    #[command(after_help = "Example:\n  codepiper approve 87b7e523 --rule")]
    Approve(AnswerApproval),
    /// Refuse what an agent asks for; it goes on without.
    #[command(after_help = "Example:\n  codepiper deny 87b7e523 --note 'use the staging server'")]
    Deny(AnswerApproval),
    /// List what nobody has read of what needs a person: turns that are done, questions, crashes.
    Notifications(Notifications),
    /// Say what agents may do without asking, and what never.
    Policy(Policy),
    /// Gather policies into sets that sessions are given.
    PolicySet(PolicySet),
    /// Look at what a session's agent changed, and see to it.
    Git(Git),
    /// Keep secret variables, sealed, for the sessions that are given them.
    #[command(
        after_help = "Example:\n  codepiper env-set create staging && codepiper env-set import staging .env"
    )]
    EnvSet(EnvSet),
    /// Name the directories that you work in, and say what new sessions there are.
    #[command(
        after_help = "Example:\n  codepiper workspace create shop --dir ~/src/shop --provider codex --worktree always\n  codepiper start -w shop"
    )]
    Workspace(Workspace),
    /// Show the git worktrees that sessions were given, and clear up what is done.
    #[command(
        after_help = "Examples:\n  codepiper start -p demo --worktree fix/login\n  codepiper worktree list"
    )]
    Worktree(Worktree),
    /// Chain sessions, commands and questions to one task, and run it.
    Workflow(Workflow),
    /// Show what was decided on the agents' tool calls, by whom, and what came of it.
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(Box<Audit>),
    /// List the agents and whether they can be used here, or say how it is known what one does.
    Providers(Providers),
    /// Show the settings of the daemon, or change one.
    #[command(after_help = SETTINGS_EXAMPLES)]
    Settings(Settings),
    /// Have the daemon started with your services: by systemd, or by launchd on macOS.
    Service(Service),
    /// Check this machine: what sessions need, and what would end them.
    Doctor {
        /// Take from others what they may read of ours.
        #[arg(long)]
        fix: bool,
    },
    /// Print a shell's completion script.
    Completions(Completions),
    /// Execute an agent from its launch file (inside a session's pane).
    #[command(hide = true)]
    AgentExec {
        /// The launch file.
        spec: PathBuf,
    },
    /// Tell the daemon of an event of an agent, and the agent what the daemon says (as its hook).
    #[command(hide = true)]
    HookForward(crate::hook_forward::Options),
    /// Draw an agent's status line, and tell the daemon what the agent tells it (as its program).
    #[command(hide = true)]
    StatusLine,
    /// Execute a session's tmux server, as the parent of what its agent leaves behind.
    #[command(hide = true, disable_help_flag = true)]
    ReaperExec {
        /// The program and its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<std::ffi::OsString>,
    },
    /// Run a command of a workflow, and write down what came of it.
    #[command(hide = true)]
    #[command(name = "workflow-command")]
    RunOrder {
        /// The directory that says what to run.
        dir: PathBuf,
    },
    /// The demo agent (inside a session's pane).
    #[command(hide = true, disable_help_flag = true)]
    DemoAgent {
        /// Its own arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<std::ffi::OsString>,
    },
}

/// A session, by the beginning of its id or by its name.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The name.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Resize {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// Columns.
    pub(crate) cols: u16,
    /// Rows.
    pub(crate) rows: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}
