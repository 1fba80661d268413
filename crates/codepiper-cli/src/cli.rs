mod approvals;
mod audit;
mod auth;
mod daemon;
mod housekeeping;
mod policy;
mod policy_set;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use approvals::{AnswerApproval, Approvals};
pub(crate) use audit::{
    Audit, AuditCommand, CameOf, Decided, Entries, Export, Times, WhichDecisions, WhichEntries,
};
pub(crate) use auth::{Auth, AuthCommand, Reset, Revoke};
pub(crate) use daemon::{Daemon, DaemonCommand, DaemonRun, LogFormat, WebFlags};
pub(crate) use housekeeping::{Delete, Prune, Top};
pub(crate) use policy::{
    Action, ApplyPolicies, CheckPolicy, CreatePolicy, DefaultAction, ExportPolicies, ListPolicies,
    OnePolicy, Policy, PolicyCommand, TestPolicies, UpdatePolicy,
};
pub(crate) use policy_set::{Gift, Member, PolicySet, PolicySetCommand};

const AUDIT_EXAMPLES: &str = "Examples:
  codepiper audit --decision deny --since 7d
  codepiper audit --tool 'mcp__*' --outcome ran --text staging";

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
    /// Bring back the sessions that ran when the machine was switched off.
    Restore(Restore),
    /// Start a new session that goes on where the conversation of another one is now.
    Fork(Fork),
    /// Take up a session again whose terminal did not answer.
    Recover(One),
    /// End a session: its own exit first, then SIGTERM, then SIGKILL.
    Stop(One),
    /// End a session at once, with everything it started.
    Kill(One),
    /// Show what the sessions take of the machine's memory and processors.
    Top(Top),
    /// Remove a session that has ended, with its events.
    ///
    /// The decisions on its tool calls stay in the audit, and what the agent wrote itself stays too.
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
    /// Say what agents may do without asking, and what never.
    Policy(Policy),
    /// Gather policies into sets that sessions are given.
    PolicySet(PolicySet),
    /// Show what was decided on the agents' tool calls, by whom, and what came of it.
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(Box<Audit>),
    /// List the agents and whether they can be used here, or say how it is known what one does.
    Providers(Providers),
    /// Check this machine.
    Doctor,
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
    /// Execute a session's tmux server, as the parent of what its agent leaves behind.
    #[command(hide = true, disable_help_flag = true)]
    ReaperExec {
        /// The program and its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<std::ffi::OsString>,
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
    /// The agent: `claude-code` or `demo`.
    #[arg(short, long)]
    pub(crate) provider: String,
    /// Where the agent works.
    #[arg(short, long, default_value = ".")]
    pub(crate) dir: PathBuf,
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
    /// Who pays: the agent's own sign-in, or an API key.
    #[arg(short, long, value_enum, default_value_t = Billing::Subscription)]
    pub(crate) billing: Billing,
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
    /// A variable for the agent. For secrets use `--env-from`: arguments are visible to others.
    #[arg(long = "env", value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// A variable for the agent, with the value it has here.
    #[arg(long, value_name = "NAME")]
    pub(crate) env_from: Vec<String>,
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
        self.billing == Billing::Api
            || self.dangerous
            || self.fail_closed
            || self.default_action.is_some()
            || !self.env.is_empty()
            || !self.env_from.is_empty()
            || self.cols.or(self.rows).is_some()
            || texts.iter().any(|text| text.is_some())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Billing {
    Subscription,
    Api,
}

#[derive(Debug, Args)]
pub(crate) struct Sessions {
    /// Of this agent only.
    #[arg(short, long)]
    pub(crate) provider: Option<String>,
    /// In this status only.
    #[arg(long)]
    pub(crate) status: Option<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Format {
    /// `json` is the same as `--json`.
    #[arg(short, long, value_enum, default_value_t = TableFormat::Table)]
    pub(crate) format: TableFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    Table,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The prompt; `-` reads it from standard input.
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: String,
    /// More words of it, joined with blanks.
    pub(crate) more: Vec<String>,
    /// Wait until the turn is over and print the reply.
    #[arg(short, long)]
    pub(crate) wait: bool,
    /// Wait at most so many seconds.
    #[arg(long, value_name = "SECONDS", requires = "wait")]
    pub(crate) timeout: Option<f64>,
    /// Press Enter after it (the default).
    #[arg(short, long, conflicts_with = "no_newline")]
    pub(crate) newline: bool,
    /// Do not press Enter after it.
    #[arg(long)]
    pub(crate) no_newline: bool,
    /// A name for it: sent again with the same one, it does not arrive twice.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Type it although the agent works, instead of letting it wait for its turn.
    #[arg(long)]
    pub(crate) steer: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The keys: one character each, or a name such as `enter`, `escape`, `ctrl+c`, `shift+tab`.
    #[arg(required = true)]
    pub(crate) keys: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Slash {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The command and its arguments, with or without the slash.
    #[arg(required = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// So many lines.
    #[arg(short = 'n', long, default_value_t = 50)]
    pub(crate) lines: u32,
    /// Go on with every byte the agent writes.
    #[arg(short, long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct Events {
    /// The session: the beginning of its id, or its name; all by default.
    pub(crate) session: Option<String>,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Which events.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Go on with what happens from now on.
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// The newest so many.
    #[arg(
        short = 'n',
        long = "tail",
        visible_alias = "limit",
        default_value_t = 100
    )]
    pub(crate) tail: usize,
    /// Later than the event of this number.
    #[arg(long, value_name = "EVENT")]
    pub(crate) since: Option<i64>,
    /// From this source only.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Of this type only.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Prompts {
    /// The session: the beginning of its id, or its name.
    #[arg(required = true)]
    pub(crate) session: Option<String>,
    /// Also what is over: the latest so many.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) latest: Option<u16>,
    #[command(subcommand)]
    pub(crate) command: Option<PromptsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PromptsCommand {
    /// Change a prompt that waits.
    Edit(EditPrompt),
    /// Take back a prompt that waits, or all of them.
    Cancel(CancelPrompt),
}

#[derive(Debug, Args)]
pub(crate) struct EditPrompt {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The prompt: the beginning of its id.
    pub(crate) prompt: String,
    /// The text it has from now on.
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct CancelPrompt {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The prompt: the beginning of its id.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) prompt: Option<String>,
    /// All that wait.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Providers {
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(subcommand)]
    pub(crate) command: Option<ProvidersCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProvidersCommand {
    /// Show everything that says what a session's agent does, and what of it is believed.
    Explain(One),
}

#[derive(Debug, Args)]
pub(crate) struct Model {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The model, by the agent's name for it.
    pub(crate) model: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// Only show which these are.
    #[arg(long)]
    pub(crate) dry_run: bool,
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
pub(crate) struct Wait {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The state to wait for; several, separated by commas, are alternatives.
    #[arg(
        long,
        value_name = "STATE",
        default_value = "idle",
        value_delimiter = ','
    )]
    pub(crate) until: Vec<String>,
    /// Wait at most so many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}
