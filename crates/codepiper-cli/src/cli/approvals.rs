use clap::Args;

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
