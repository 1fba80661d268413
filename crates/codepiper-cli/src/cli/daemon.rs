use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Daemon {
    #[command(subcommand)]
    pub(crate) command: Option<DaemonCommand>,
    #[command(flatten)]
    pub(crate) run: DaemonRun,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DaemonRun {
    /// Go to the background; the log goes to a file.
    #[arg(long)]
    pub(crate) detach: bool,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// Leave the terminal's session (set by `--detach` for the process it starts).
    #[arg(long, hide = true)]
    pub(crate) detached: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DaemonCommand {
    /// Run the daemon.
    Start(DaemonRun),
    /// Stop it; sessions live on.
    Stop,
    /// Say whether it runs.
    Status,
    /// Show its log.
    Logs {
        /// So many lines.
        #[arg(short = 'n', long, default_value_t = 50)]
        lines: usize,
    },
    /// Stop it and start it again in the background; sessions live on.
    Restart,
}
