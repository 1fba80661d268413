//! What a session's agent changed, seen with git: status, differences, history, and what a person does
//! about it. The program is git's own.

mod change;
mod comments;
mod diff;
mod file;
mod filters;
mod history;
mod names;
mod repository;
mod run;
mod stat;
mod status;
mod turns;
mod undo;
mod validate;

use std::path::Path;

use crate::{Config, EngineError};

pub use change::Committed;
pub use comments::LineComment;
pub use diff::{Diff, DiffOf};
pub use file::{FileContent, RawFile};
pub use history::{Branches, LogEntry};
pub use stat::FileStat;
pub use status::{GitStatus, StatusEntry};
pub(crate) use turns::follow as follow_turns;
pub use turns::{TurnView, Turns, TurnsView};
pub use undo::Discarded;
pub use validate::{BranchCheck, DirectoryCheck};

use repository::Repository;
use run::Git;

/// Looks at the repositories of sessions, and changes them where a person says so.
#[derive(Clone, Debug)]
pub struct GitReview {
    git: Git,
}

impl GitReview {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            git: Git::new(config),
        }
    }

    /// The repository that a directory is in.
    async fn open(&self, cwd: &Path) -> Result<Repository<'_>, EngineError> {
        Repository::open(&self.git, cwd).await
    }
}
