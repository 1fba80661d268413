use std::str::FromStr;

use clap::{Args, Subcommand};

const COMMENT_EXAMPLES: &str = "Example:
  codepiper git comment api src/login.rs:12 'this leaks the token' src/main.rs:3-9 'why twice?'";

#[derive(Debug, Args)]
pub(crate) struct Git {
    #[command(subcommand)]
    pub(crate) command: GitCommand,
}

/// What is compared with what.
#[derive(Debug, Args)]
pub(crate) struct WhichDiff {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// Only this path.
    pub(crate) path: Option<String>,
    /// What is staged.
    #[arg(long, conflicts_with_all = ["commit", "base"])]
    pub(crate) staged: bool,
    /// What this commit changed.
    #[arg(long, value_name = "REF", conflicts_with = "base")]
    pub(crate) commit: Option<String>,
    /// Everything since this branch was left, the files as they are included.
    #[arg(long, value_name = "BRANCH")]
    pub(crate) base: Option<String>,
    /// What this turn of the agent changed: its number, or `last`.
    #[arg(long, value_name = "N", conflicts_with_all = ["staged", "commit", "base"])]
    pub(crate) turn: Option<Turn>,
    /// Only how many lines of each file.
    #[arg(long)]
    pub(crate) stat: bool,
}

/// A turn of an agent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turn {
    /// The latest.
    Last,
    /// That one.
    Number(u32),
}

impl FromStr for Turn {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "last" {
            return Ok(Self::Last);
        }
        let number = text.parse().ok().filter(|number| *number > 0);
        number
            .map(Self::Number)
            .ok_or("a turn is a number, or `last`")
    }
}

/// Files of a session's repository.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The files, from the root of the repository.
    #[arg(required = true)]
    pub(crate) paths: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GitCommand {
    /// Show what differs.
    Status(super::One),
    /// Show the lines that differ.
    Diff(WhichDiff),
    /// List the turns of the agent, and how much each changed.
    Turns(super::One),
    /// Show the history.
    Log {
        /// The session: the beginning of its id, or its name.
        session: String,
        /// What changed this path only.
        path: Option<String>,
        /// At most so many commits.
        #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Put files into the next commit.
    Stage(Files),
    /// Take files out of the next commit.
    Unstage(Files),
    /// Commit what is staged.
    Commit {
        /// The session: the beginning of its id, or its name.
        session: String,
        /// What is said about it.
        #[arg(short, long)]
        message: String,
        /// Let it take the last one's place.
        #[arg(long)]
        amend: bool,
    },
    /// Make files again what they were; `undo` takes that back.
    Discard {
        #[command(flatten)]
        files: Files,
        /// Do not ask.
        #[arg(short, long)]
        yes: bool,
    },
    /// Take back what was discarded, or undone.
    Undo {
        /// The session: the beginning of its id, or its name.
        session: String,
        /// What discarding said.
        undo_id: String,
    },
    /// Send comments on lines to the agent, as one prompt.
    #[command(after_help = COMMENT_EXAMPLES)]
    Comment {
        /// The session: the beginning of its id, or its name.
        session: String,
        /// A place, such as `src/main.rs:12` or `src/main.rs:12-20`, and what is said about it; then
        /// the next.
        #[arg(required = true, value_name = "PLACE TEXT")]
        comments: Vec<String>,
        /// What is said besides.
        #[arg(long)]
        note: Option<String>,
    },
}
