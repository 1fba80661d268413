use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Analytics {
    /// What to show.
    #[arg(value_enum, default_value_t = View::Overview)]
    pub(crate) view: View,
    /// The days: `today`, `7d`, `30d`, `all`, or `2026-11-01..2026-11-23`; a week by default.
    #[arg(long)]
    pub(crate) range: Option<String>,
    /// One line for each of these.
    #[arg(long, value_enum)]
    pub(crate) by: Option<By>,
    /// The time zone in which days begin, such as `Europe/Berlin`; by default the setting `timeZone`.
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Of this session only: the beginning of its id, or its name. The whole id names one that is
    /// gone, too.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Of this project only: the directory of the repository.
    #[arg(long)]
    pub(crate) project: Option<String>,
    /// Of this agent only.
    #[arg(short, long)]
    pub(crate) provider: Option<String>,
    /// Of this model only, as the agent reports it.
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Print comma-separated values, with every number as it is.
    #[arg(long)]
    pub(crate) csv: bool,
}

/// What is shown of the usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum View {
    /// The most asked for sums.
    Overview,
    /// What models read and wrote.
    Tokens,
    /// What each model read, wrote and cost.
    Models,
    /// The tools, how often they failed, and how long they ran.
    Tools,
    /// What it cost.
    Costs,
    /// Turns, answers, and how long agents worked.
    Activity,
    /// What each session used.
    Sessions,
    /// Count everything anew, with the prices of now.
    Rebuild,
}

/// What sums are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    Day,
    Hour,
    Session,
    Project,
    Provider,
    Model,
}

impl By {
    /// The name on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Session => "session",
            Self::Project => "project",
            Self::Provider => "provider",
            Self::Model => "model",
        }
    }
}
