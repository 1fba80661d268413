use codepiper_store::worktrees;

use super::Worktrees;
use super::remove::RemovedWorktree;
use crate::EngineError;

impl Worktrees {
    /// Removes every worktree with which nothing is lost; with `force`, every one that nobody is in. A
    /// dry run only says which these are.
    pub async fn prune(
        &self,
        dry_run: bool,
        force: bool,
    ) -> Result<Vec<RemovedWorktree>, EngineError> {
        let this = self.clone();
        let prune = tokio::spawn(async move { this.prune_all(dry_run, force).await });
        prune.await.map_err(EngineError::internal)?
    }

    async fn prune_all(
        &self,
        dry_run: bool,
        force: bool,
    ) -> Result<Vec<RemovedWorktree>, EngineError> {
        let mut done = Vec::new();
        for view in self.list().await? {
            let mut outcome = RemovedWorktree::kept(&view);
            let may_be = !view.in_use && !view.locked;
            outcome.removed = may_be && (force || view.kept_because.is_empty());
            if outcome.removed && !dry_run {
                let path = view.path.clone();
                let read = move |db: &codepiper_store::Connection| worktrees::get(db, &path);
                let Some(stored) = self.store.read(read).await? else {
                    // Somebody else has just removed it.
                    continue;
                };
                match self.remove(&stored, &view, force, None).await {
                    Ok(removed) => outcome = removed,
                    Err(error) => {
                        outcome.removed = false;
                        outcome.kept_because.push(error.to_string());
                    }
                }
            }
            done.push(outcome);
        }
        Ok(done)
    }
}
