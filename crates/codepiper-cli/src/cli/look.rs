use clap::{Args, Subcommand, ValueEnum};

use super::One;

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
