use clap::{Args, Subcommand};
use codepiper_model::{ConversationKind, Timestamp};

use crate::moment::moment;

#[derive(Debug, Args)]
pub(crate) struct Conversation {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The newest so many.
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Earlier than what stands at this place.
    #[arg(long, value_name = "PLACE")]
    pub(crate) before: Option<String>,
    /// The whole conversation as a Markdown document.
    #[arg(long, conflicts_with_all = ["limit", "before"])]
    pub(crate) markdown: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Words that all have to be there; `"…"` for words in a row, `…*` for a beginning.
    #[arg(required = true)]
    pub(crate) text: Vec<String>,
    /// In the conversation of this session only: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Not before: a time such as `2026-11-23T10:00:00Z`, or so long ago (`30m`, `2h`, `7d`).
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,
    /// Of this kind: `prompt`, `reply`, `thinking`, `tool_call`, `sub_agent`, `compaction`, `error`.
    #[arg(long, value_parser = kind)]
    pub(crate) role: Option<ConversationKind>,
    /// The newest so many.
    #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Older than the entry of this number.
    #[arg(long, value_name = "ENTRY")]
    pub(crate) before: Option<i64>,
}

fn kind(name: &str) -> Result<ConversationKind, serde_json::Error> {
    serde_json::from_value(name.into())
}

#[derive(Debug, Args)]
pub(crate) struct Transcripts {
    #[command(subcommand)]
    pub(crate) command: TranscriptsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TranscriptsCommand {
    /// List the lines that could not be read; they were left out, and nothing beside them.
    Problems(Problems),
}

#[derive(Debug, Args)]
pub(crate) struct Problems {
    /// In the transcripts of this session only: the beginning of its id, or its name.
    pub(crate) session: Option<String>,
    /// The newest so many.
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
}
