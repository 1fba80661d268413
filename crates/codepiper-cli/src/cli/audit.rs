use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use codepiper_model::{EntryKind, Timestamp};

use crate::moment::moment;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) command: Option<AuditCommand>,
    #[command(flatten)]
    pub(crate) which: WhichDecisions,
    #[command(flatten)]
    pub(crate) times: Times,
    #[command(flatten)]
    pub(crate) page: DecisionPage,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no row was changed, removed, put in between or moved; exit 1 when one was.
    Verify {
        /// A hash that was noted earlier: its row must still be there.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Show what came after the decisions, changes of policies, refused calls, dangerous starts.
    #[command(after_help = "Example:\n  codepiper audit entries --kind actor_refused --since 7d")]
    Entries(Entries),
    /// Write the audit to a file, oldest first.
    #[command(after_help = EXPORT_EXAMPLE)]
    Export(Export),
}

const EXPORT_EXAMPLE: &str = "\
Each line of `jsonl` is a decision as the API shows it, and `sealed`, the very text of which its
`hash` is the SHA-256.

Example:
  codepiper audit export --format csv --since 30d --output audit.csv";

/// Which decisions: those that are everything that is given.
#[derive(Debug, Args)]
pub(crate) struct WhichDecisions {
    /// Of this session: the beginning of its id, or its name. The whole id names one that is gone,
    /// too.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Of this kind.
    #[arg(long, value_enum)]
    pub(crate) decision: Option<Decided>,
    /// On this tool; `*` stands for any text (`mcp__*`).
    #[arg(long)]
    pub(crate) tool: Option<String>,
    /// What came of it.
    #[arg(long, value_enum)]
    pub(crate) outcome: Option<CameOf>,
    /// By a rule of the policy of this id.
    #[arg(long)]
    pub(crate) policy: Option<String>,
    /// By the rule of this id.
    #[arg(long)]
    pub(crate) rule: Option<String>,
    /// Who had the last word: `policy`, `owner`, `terminal`, `agent`.
    #[arg(long)]
    pub(crate) actor: Option<String>,
}

/// When, and about what.
#[derive(Debug, Args)]
pub(crate) struct Times {
    /// Not before: a time such as `2026-11-23T10:00:00Z`, or so long ago (`30m`, `2h`, `7d`).
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,
    /// Before: a time, or so long ago.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Timestamp>,
    /// With this text in it, whatever the case of its letters.
    #[arg(long)]
    pub(crate) text: Option<String>,
}

/// How many decisions, and from where on.
#[derive(Debug, Args)]
pub(crate) struct DecisionPage {
    /// The newest so many.
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Earlier than the decision of this id.
    #[arg(long, value_name = "ID")]
    pub(crate) before: Option<String>,
}

/// Which entries.
#[derive(Debug, Args)]
pub(crate) struct Entries {
    #[command(flatten)]
    pub(crate) which: WhichEntries,
    #[command(flatten)]
    pub(crate) times: Times,
    /// The newest so many.
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Earlier than the entry of this number.
    #[arg(long, value_name = "ENTRY")]
    pub(crate) before: Option<i64>,
}

/// What entries tell.
#[derive(Debug, Args)]
pub(crate) struct WhichEntries {
    /// Of this kind, such as `answered`, `policy_updated` or `actor_refused`.
    #[arg(long, value_parser = kind)]
    pub(crate) kind: Option<EntryKind>,
    /// About the decision of this id.
    #[arg(long, value_name = "ID")]
    pub(crate) decision_id: Option<String>,
}

fn kind(name: &str) -> Result<EntryKind, serde_json::Error> {
    serde_json::from_value(name.into())
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The form of the file.
    #[arg(short, long, value_enum, default_value_t = Form::Jsonl)]
    pub(crate) format: Form,
    /// Where to write it; by default to standard output. A file is readable for you alone.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over a file that is there.
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// What came after the decisions, and whatever else `audit entries` shows, instead of them.
    #[arg(long, conflicts_with = "WhichDecisions")]
    pub(crate) entries: bool,
    #[command(flatten)]
    pub(crate) which: WhichDecisions,
    #[command(flatten)]
    pub(crate) of_entries: WhichEntries,
    #[command(flatten)]
    pub(crate) times: Times,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// One JSON object a line.
    Jsonl,
    /// For spreadsheets.
    Csv,
}

impl Form {
    /// The name on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decided {
    /// It may happen.
    Allow,
    /// It must not.
    Deny,
    /// A person was asked.
    Ask,
    /// No rule had anything to say: the agent's own rules applied.
    None,
}

impl Decided {
    /// The name on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Ask => "ask",
            Self::None => "none",
        }
    }
}

/// What came of a tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CameOf {
    /// It happened.
    Ran,
    /// It did not.
    Blocked,
    /// It was answered, and nothing has been seen since.
    Answered,
    /// Nothing has been seen.
    Unknown,
}

impl CameOf {
    /// The name on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Blocked => "blocked",
            Self::Answered => "answered",
            Self::Unknown => "unknown",
        }
    }
}
