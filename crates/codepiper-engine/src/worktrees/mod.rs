//! Git worktrees for sessions: a session that asks for one works beside the others' files. What is
//! in a worktree is somebody's work, so that it outlives its session, and only `finish` and `prune`
//! remove one. Nothing here concerns a session without.

mod create;
mod finish;
mod git;
mod include;
mod prune;
mod remove;
mod repo;
mod script;
mod size;
mod state;

use std::path::PathBuf;
use std::sync::Arc;

use codepiper_model::Clock;
use codepiper_store::Store;
use serde_json::{Value, json};

use crate::{Config, Settings};

use codepiper_store::worktrees::StoredWorktree;
pub use finish::FinishWorktree;
pub use remove::RemovedWorktree;
pub use state::WorktreeView;

/// The worktrees.
#[derive(Clone)]
pub struct Worktrees {
    store: Store,
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

/// What a session's worktree is asked to be.
#[derive(Clone, Debug, Default)]
pub struct NewWorktree {
    /// Its branch; none: one that is named after the session.
    pub branch: Option<String>,
    /// Whether the branch is made with it; none: where there is none of that name.
    pub create_branch: Option<bool>,
    /// Where a new branch begins; none: at what the directory is on.
    pub start_point: Option<String>,
    /// What is run in it before the agent starts.
    pub setup_script: Option<String>,
    /// What is run in it before it is removed.
    pub teardown_script: Option<String>,
}

impl NewWorktree {
    /// Whether a program is run for it, outside of every sandbox.
    pub(crate) const fn runs(&self) -> bool {
        self.setup_script.is_some() || self.teardown_script.is_some()
    }
}

/// A worktree that was just made.
pub(crate) struct Made {
    stored: StoredWorktree,
    setup_script: Option<String>,
    /// Where the session starts: the same place in it as was asked for.
    pub(crate) cwd: PathBuf,
}

impl Made {
    /// What the session remembers of it.
    pub(crate) fn metadata(&self) -> Value {
        let made = &self.stored;
        json!({
            "repoRoot": made.repo_root,
            "worktreePath": made.path,
            "branch": made.branch,
            "createdBranch": made.created_branch,
            "originalCwd": made.original_cwd,
            "base": made.base,
        })
    }
}

impl Worktrees {
    pub(crate) fn new(
        store: Store,
        config: Arc<Config>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Self {
        Self {
            store,
            config,
            clock,
            settings,
        }
    }
}
