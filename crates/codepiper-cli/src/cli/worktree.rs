use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Worktree {
    #[command(subcommand)]
    pub(crate) command: WorktreeCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorktreeCommand {
    /// List the worktrees, with what in them is not done.
    #[command(visible_alias = "ls")]
    List,
    /// Remove a worktree with which nothing is lost, and its branch where that is merged.
    Finish {
        /// Its path, its directory's name, or its branch.
        worktree: String,
        /// Merge its branch into the one that it began at, first.
        #[arg(long)]
        merge: bool,
        /// Remove it with what is in no commit; a branch with commits of its own stays.
        #[arg(long)]
        force: bool,
        /// Delete its branch, too; with `--force` also one with commits that are nowhere else.
        #[arg(long)]
        delete_branch: bool,
        /// Keep its branch.
        #[arg(long, conflicts_with = "delete_branch")]
        keep_branch: bool,
        /// Do not ask.
        #[arg(short, long)]
        yes: bool,
    },
    /// Remove every worktree with which nothing is lost, and say why the others are kept.
    Prune {
        /// Only show which these are.
        #[arg(long)]
        dry_run: bool,
        /// Remove those as well that hold what is in no commit; branches with commits stay.
        #[arg(long)]
        force: bool,
        /// Do not ask.
        #[arg(short, long)]
        yes: bool,
    },
}
