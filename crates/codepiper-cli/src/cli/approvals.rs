use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Approvals {
    /// Only those of this session: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Those that were answered or closed, too.
    #[arg(long, conflicts_with = "watch")]
    pub(crate) all: bool,
    /// Go on with what is opened, answered and closed from now on.
    #[arg(short, long)]
    pub(crate) watch: bool,
    /// The newest so many.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
}

/// An answer to an approval.
#[derive(Debug, Args)]
pub(crate) struct AnswerApproval {
    /// The approval: the beginning of its id.
    pub(crate) id: String,
    /// What to add; the agent reads it when the answer is no.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Answer the same so for the rest of the session, by a rule.
    #[arg(long)]
    pub(crate) rule: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) command: Option<AuditCommand>,
    #[command(flatten)]
    pub(crate) which: WhichDecisions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no row was changed, removed, put in between or moved; exit 1 when one was.
    Verify {
        /// A hash that was noted earlier: its row must still be there.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

/// Which decisions.
#[derive(Debug, Args)]
pub(crate) struct WhichDecisions {
    /// Only of this session: the beginning of its id, or its name. The whole id names one that is
    /// gone, too.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Only of this kind.
    #[arg(long, value_enum)]
    pub(crate) decision: Option<Decided>,
    /// The newest so many.
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Earlier than the decision of this id.
    #[arg(long, value_name = "ID")]
    pub(crate) before: Option<String>,
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
