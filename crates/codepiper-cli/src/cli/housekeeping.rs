use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Top {
    /// Show the processes of this session: the beginning of its id, or its name.
    pub(crate) session: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// Stop it first, if it runs.
    #[arg(long)]
    pub(crate) stop: bool,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// Only those that ended at least so long ago: `12h`, `30d`, `8w`.
    #[arg(long, value_name = "AGE", value_parser = crate::moment::age)]
    pub(crate) older_than: Option<u64>,
    /// Only show which these are.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write.
    pub(crate) file: PathBuf,
    /// Let it take the place of one that is there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new key and seal every secret with it. Backups that were made before keep the old one.
    Rotate,
}
