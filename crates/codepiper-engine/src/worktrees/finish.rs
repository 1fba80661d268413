use std::path::PathBuf;

use codepiper_store::worktrees::{self, StoredWorktree};

use super::Worktrees;
use super::git::{Git, refused};
use super::remove::RemovedWorktree;
use super::state::{WorktreeView, of, status};
use crate::EngineError;

/// How a worktree is finished.
#[derive(Clone, Debug)]
pub struct FinishWorktree {
    /// Where it is.
    pub path: PathBuf,
    /// Whether its commits are merged into its base first.
    pub merge: bool,
    /// Whether it is removed with what is in no commit.
    pub force: bool,
    /// Whether its branch goes, too; none: if it was made with the worktree and all of it is merged.
    pub delete_branch: Option<bool>,
}

impl Worktrees {
    /// Merges what is in a worktree, where that is asked for, and removes it if nothing is lost with
    /// it, or a person has said so.
    pub async fn finish(&self, asked: FinishWorktree) -> Result<RemovedWorktree, EngineError> {
        // A caller that goes away leaves nothing half done.
        let this = self.clone();
        let finish = tokio::spawn(async move { this.finish_whole(asked).await });
        finish.await.map_err(EngineError::internal)?
    }

    async fn finish_whole(&self, asked: FinishWorktree) -> Result<RemovedWorktree, EngineError> {
        let path = asked.path.clone();
        let found = self.store.read(move |db| worktrees::get(db, &path)).await?;
        let stored = found.ok_or_else(|| no_worktree(&asked.path))?;
        let sessions = of(&self.sessions().await?, &stored.path);
        let mut view = self.look(&stored, &sessions).await;
        if asked.merge {
            self.merge(&stored, &view, asked.force).await?;
            view = self.look(&stored, &sessions).await;
        }
        if !view.kept_because.is_empty() && !asked.force {
            return Err(kept(&view));
        }
        let removed = self.remove(&stored, &view, asked.force, asked.delete_branch);
        let mut removed = removed.await?;
        removed.merged = asked.merge;
        Ok(removed)
    }

    /// Merges the worktree's branch into its base, in the main worktree.
    async fn merge(
        &self,
        stored: &StoredWorktree,
        view: &WorktreeView,
        force: bool,
    ) -> Result<(), EngineError> {
        let is_whole = view.uncommitted == Some(0) && view.untracked == Some(0);
        if view.in_use || view.locked || !is_whole && !force {
            return Err(kept(view));
        }
        let (Some(branch), Some(base)) = (&view.branch, &stored.base) else {
            return Err(refused(
                "there is no branch to merge, or none to merge it into",
            ));
        };
        let git = Git::find(&self.config)?;
        let root = &stored.repo_root;
        let main = status(&git, root).await?;
        let shown = root.display();
        if main.branch.as_deref() != Some(base) {
            let message = format!("`{shown}` is not on `{base}`; `git switch` it there first");
            return Err(refused(&message));
        }
        if main.uncommitted > 0 {
            let message = format!("`{shown}` has changes that are in no commit; commit them first");
            return Err(refused(&message));
        }
        let name = format!("refs/heads/{branch}");
        let said = git.change(root, ["merge", "--no-edit", &name]).await?;
        if said.is_ok {
            return Ok(());
        }
        // Where it was refused before it began, there is nothing to take back.
        git.change(root, ["merge", "--abort"]).await?;
        Err(said.refusal())
    }
}

fn kept(view: &WorktreeView) -> EngineError {
    let (path, why) = (view.path.display(), view.kept_because.join("; "));
    EngineError::conflict_with_hint(
        "worktree_kept",
        format!("worktree `{path}` is kept: {why}"),
        "commit it, merge it (`--merge`) or push it; `--force` removes what is in no commit, and \
         leaves the branch",
    )
}

fn no_worktree(path: &std::path::Path) -> EngineError {
    let shown: String = path.display().to_string().chars().take(200).collect();
    EngineError::NotFound {
        code: "worktree_not_found",
        message: format!("there is no worktree of ours at `{shown}`"),
    }
}
