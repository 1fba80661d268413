use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use codepiper_store::worktrees::{self, StoredWorktree};
use serde::Serialize;
use utoipa::ToSchema;

use super::Worktrees;
use super::git::{Git, refused};
use super::repo::word;
use super::state::{WorktreeView, left_out, of, own_dir};
use crate::EngineError;

/// What became of a worktree that was to be removed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedWorktree {
    /// Where it is, or was.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// Its branch.
    pub branch: Option<String>,
    /// Whether it is gone, or would be.
    pub removed: bool,
    /// Whether its commits were merged into its base.
    pub merged: bool,
    /// Whether its branch is gone, too.
    pub branch_deleted: bool,
    /// Why it was kept.
    pub kept_because: Vec<String>,
    /// What it took of the disk, where that is known.
    pub size_bytes: Option<u64>,
}

impl RemovedWorktree {
    pub(super) fn kept(view: &WorktreeView) -> Self {
        Self {
            path: view.path.clone(),
            branch: view.branch.clone().or_else(|| Some(view.made_for.clone())),
            removed: false,
            merged: false,
            branch_deleted: false,
            kept_because: view.kept_because.clone(),
            size_bytes: view.size_bytes,
        }
    }
}

impl Worktrees {
    /// Removes a worktree. Whoever calls has looked whether it may be, or a person has said so; commits
    /// stay in a branch whatever was said of the worktree.
    pub(super) async fn remove(
        &self,
        stored: &StoredWorktree,
        view: &WorktreeView,
        force: bool,
        delete_branch: Option<bool>,
    ) -> Result<RemovedWorktree, EngineError> {
        let (root, path) = (&stored.repo_root, &stored.path);
        // One may have been started since.
        let sessions = of(&self.sessions().await?, path);
        if let Some(live) = sessions.iter().find(|session| session.status.is_live()) {
            let message = format!("session `{}` is in worktree `{}`", live.id, path.display());
            let hint = "`codepiper stop` ends it";
            return Err(EngineError::conflict_with_hint(
                "worktree_in_use",
                message,
                hint,
            ));
        }
        if view.locked {
            let message = format!("worktree `{}` is locked", path.display());
            let hint = "`git worktree unlock` ends that";
            return Err(EngineError::conflict_with_hint(
                "worktree_locked",
                message,
                hint,
            ));
        }
        let mut removed = RemovedWorktree::kept(view);
        removed.kept_because.clear();
        removed.removed = true;
        if view.missing && !root.is_dir() {
            // There is nothing left that it could be taken out of.
            self.forget(path).await?;
            return Ok(removed);
        }
        let git = Git::find(&self.config)?;
        let mut even_full = force;
        if !view.missing {
            let own = own_dir(&git, path).await?;
            match self.tear_down(stored).await {
                Err(error) if !force => return Err(error),
                Err(error) => tracing::warn!(%error, "a worktree is removed all the same"),
                Ok(()) => {}
            }
            if view.branch.is_none() {
                keep_commits(&git, path).await?;
            }
            // Git refuses wherever there could be submodules, also where none was ever filled.
            even_full |= path.join(".gitmodules").exists() && !own.join("modules").exists();
        }
        let mut args = vec![OsStr::new("worktree"), OsStr::new("remove")];
        args.extend(even_full.then_some(OsStr::new("--force")));
        args.extend([OsStr::new("--"), path.as_os_str()]);
        let said = git.change(root, args).await?;
        if view.missing {
            // Where git has never heard of it, there is nothing to be kept either.
            drop(std::fs::remove_dir(path));
        } else {
            said.ok()?;
        }
        self.forget(path).await?;
        if let Some(place) = path.parent() {
            // Only while it is empty.
            drop(std::fs::remove_dir(place));
        }
        if delete_branch.unwrap_or(stored.created_branch) {
            let even_unmerged = force && delete_branch == Some(true);
            removed.branch_deleted = delete(&git, stored, even_unmerged).await?;
        }
        Ok(removed)
    }

    async fn forget(&self, path: &Path) -> Result<(), EngineError> {
        let path = path.to_owned();
        let forget = move |tx: &codepiper_store::Transaction<'_>| worktrees::delete(tx, &path);
        Ok(self.store.write(forget).await?)
    }
}

/// Gives commits that only the worktree's own `HEAD` names a branch.
async fn keep_commits(git: &Git, path: &Path) -> Result<(), EngineError> {
    let asked = [
        "rev-list",
        "--max-count=1",
        "HEAD",
        "--not",
        "--branches",
        "--remotes",
        "--tags",
    ];
    let Some(commit) = word(git, path, &asked).await? else {
        return Ok(());
    };
    let short: String = commit.chars().take(12).collect();
    let name = format!("codepiper/kept-{short}");
    git.change(path, ["branch", "--force", &name, &commit])
        .await?
        .ok()?;
    Ok(())
}

/// Deletes the worktree's branch, unless that has commits that are nowhere else.
async fn delete(git: &Git, stored: &StoredWorktree, force: bool) -> Result<bool, EngineError> {
    let (root, name) = (&stored.repo_root, &stored.branch);
    let full = format!("refs/heads/{name}");
    let Some(commit) = word(git, root, &["rev-parse", "--quiet", "--verify", &full]).await? else {
        return Ok(false);
    };
    let elsewhere = ["for-each-ref", "--format=%(worktreepath)", &full];
    if word(git, root, &elsewhere).await?.is_some() {
        return Ok(false);
    }
    if !force && left_out(git, stored, root, &commit).await? > 0 {
        return Ok(false);
    }
    // Only while it is what was just looked at.
    let said = git
        .change(root, ["update-ref", "-d", &full, &commit])
        .await?;
    if !said.is_ok {
        return Err(refused(&format!(
            "branch `{name}` changed meanwhile and is kept"
        )));
    }
    let section = format!("branch.{name}");
    // It may have no settings.
    drop(
        git.change(root, ["config", "--remove-section", &section])
            .await,
    );
    Ok(true)
}
