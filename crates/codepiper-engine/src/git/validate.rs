//! Whether a session could start somewhere, and what it would find there. A no is no error: it is what
//! was asked for.

use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

use super::GitReview;
use crate::EngineError;
use crate::directories::{resolved, shown};

/// What a directory is to a session.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryCheck {
    /// Whether a session can start there.
    pub valid: bool,
    /// Whether it is there.
    pub directory_exists: bool,
    /// Whether it is in a git worktree.
    pub is_git_repo: bool,
    /// Why not.
    pub errors: Vec<String>,
    /// What may be unexpected.
    pub warnings: Vec<String>,
    /// What git says of it, where it is in a worktree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub git_info: Option<GitInfo>,
}

/// What git says of a directory.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GitInfo {
    /// The root of the worktree.
    pub repo_root: String,
    /// The branch that it is on.
    pub current_branch: Option<String>,
    /// Whether something is in no commit.
    pub has_uncommitted_changes: bool,
    /// Its branches, the latest first.
    pub branches: Vec<String>,
}

/// What a branch is to a worktree for a session.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BranchCheck {
    /// Whether a worktree can be on it.
    pub valid: bool,
    /// Why not.
    pub errors: Vec<String>,
    /// What may be unexpected.
    pub warnings: Vec<String>,
    /// Whether there is such a branch.
    pub branch_exists: bool,
    /// Whether a worktree is on it.
    pub branch_checked_out: bool,
    /// Which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub checked_out_in: Option<String>,
    /// Whether something in the directory is in no commit, which the worktree will not have.
    pub uncommitted_changes: bool,
}

impl GitReview {
    /// Looks whether a session can start in a directory.
    pub async fn check_directory(&self, cwd: &Path) -> Result<DirectoryCheck, EngineError> {
        let path = match resolved(cwd) {
            Ok(path) => path,
            Err(why) => {
                let error = format!("directory `{}` {why}", shown(cwd));
                return Ok(DirectoryCheck {
                    errors: vec![error],
                    ..DirectoryCheck::default()
                });
            }
        };
        let there = DirectoryCheck {
            valid: true,
            directory_exists: true,
            ..DirectoryCheck::default()
        };
        let status = match self.status(&path).await {
            Ok(status) => status,
            Err(EngineError::Conflict { .. }) => return Ok(there),
            Err(error) => return Err(error),
        };
        let branches = self.branches(&path).await?;
        Ok(DirectoryCheck {
            is_git_repo: true,
            git_info: Some(GitInfo {
                repo_root: status.root,
                current_branch: branches.current_branch,
                has_uncommitted_changes: !status.status.is_empty(),
                branches: branches.branches,
            }),
            ..there
        })
    }

    /// Looks whether a worktree for a session can be on a branch.
    pub async fn check_branch(
        &self,
        cwd: &Path,
        branch: &str,
        is_to_be_made: bool,
    ) -> Result<BranchCheck, EngineError> {
        let directory = self.check_directory(cwd).await?;
        let Some(info) = directory.git_info else {
            let mut errors = directory.errors;
            if errors.is_empty() {
                errors.push(format!("`{}` is in no git repository", shown(cwd)));
            }
            return Ok(BranchCheck {
                errors,
                ..BranchCheck::default()
            });
        };
        let repository = self.open(Path::new(&info.repo_root)).await?;
        let asked = ["check-ref-format", "--branch", branch];
        let mut check = BranchCheck {
            branch_exists: info.branches.iter().any(|known| known == branch),
            uncommitted_changes: info.has_uncommitted_changes,
            ..BranchCheck::default()
        };
        if branch.starts_with('-') || !repository.whatever(&asked).await?.success {
            check.errors.push(format!(
                "`{}` is no name of a branch",
                shown(Path::new(branch))
            ));
            return Ok(check);
        }
        let list = ["worktree", "list", "--porcelain", "-z"];
        let listed = repository.ask(&list).await?.text();
        check.checked_out_in = holder(&listed, branch);
        check.branch_checked_out = check.checked_out_in.is_some();
        match (&check.checked_out_in, check.branch_exists, is_to_be_made) {
            (_, true, true) => check
                .errors
                .push(format!("there is a branch `{branch}` already")),
            (_, false, false) => check.errors.push(format!("there is no branch `{branch}`")),
            (Some(place), ..) => {
                check
                    .errors
                    .push(format!("worktree `{place}` is on branch `{branch}`"));
            }
            (None, ..) => {}
        }
        if check.uncommitted_changes {
            let warning = "what is in no commit will not be in the worktree";
            check.warnings.push(warning.to_owned());
        }
        check.valid = check.errors.is_empty();
        Ok(check)
    }
}

/// The worktree that is on a branch, out of `git worktree list --porcelain -z`.
fn holder(listed: &str, branch: &str) -> Option<String> {
    let wanted = format!("branch refs/heads/{branch}");
    let mut worktrees = listed.split("\0\0");
    let held = worktrees.find(|worktree| worktree.split('\0').any(|line| line == wanted))?;
    let place = held
        .split('\0')
        .find_map(|line| line.strip_prefix("worktree "));
    place.map(str::to_owned)
}
