//! The workspace of a session, as rules for files mean it.

use std::path::{Path, PathBuf};

use codepiper_policy::Context;

use super::disk::{Disk, HOME};
use crate::directories::repository;

/// The directories that a session works in: its own, and the git worktree that this is in. Where an
/// agent goes to meanwhile does not move it.
pub(crate) struct Workspace {
    roots: Vec<PathBuf>,
}

impl Workspace {
    /// The workspace of a session that was started in `directory`; of no session, the directory of
    /// each call.
    pub(crate) fn of(directory: Option<&Path>) -> Self {
        let worktree = directory.and_then(worktree);
        let worktree = worktree.filter(|worktree| Some(*worktree) != directory);
        let roots = directory.into_iter().chain(worktree);
        Self {
            roots: roots.map(Path::to_path_buf).collect(),
        }
    }

    /// What rules have to know of this machine.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            home: HOME.as_deref(),
            roots: &self.roots,
            files: &Disk,
        }
    }
}

/// The git worktree that a directory is in. A repository of dot files in the home directory, or
/// further up, makes no workspace of it.
fn worktree(directory: &Path) -> Option<&Path> {
    let root = repository::root(directory)?;
    let holds_home = HOME.as_deref().is_some_and(|home| home.starts_with(root));
    (!holds_home && root.parent().is_some()).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_below_the_root_of_its_worktree_has_both() {
        let dir = tempfile::TempDir::new().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("repo/web/src")).unwrap();
        std::fs::create_dir(root.join(".git")).unwrap();
        let alone = Workspace::of(Some(&root.join("repo/web")));
        assert_eq!(alone.roots, [root.join("repo/web")]);
        // As `git worktree add` leaves it.
        std::fs::write(root.join("repo/.git"), "gitdir: /elsewhere").unwrap();
        let both = Workspace::of(Some(&root.join("repo/web")));
        assert_eq!(both.roots, [root.join("repo/web"), root.join("repo")]);
        let whole = Workspace::of(Some(&root.join("repo")));
        assert_eq!(whole.roots, [root.join("repo")]);
        assert!(Workspace::of(None).roots.is_empty());
    }
}
