use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The git worktree of a new session.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorktreeRequest {
    /// Its branch; absent: one that is named after the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether the branch is made with it; absent: where there is none of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_branch: Option<bool>,
    /// Where a new branch begins; absent: at what `cwd` is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_point: Option<String>,
    /// A program that is run in it before the agent starts; where it is no absolute path, it is one in
    /// the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_script: Option<String>,
    /// A program that is run in it before it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teardown_script: Option<String>,
}

/// `POST /worktrees/finish`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FinishWorktreeRequest {
    /// Where it is.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// Whether its commits are merged into its base first.
    #[serde(default)]
    pub merge: bool,
    /// Whether it is removed with what is in no commit.
    #[serde(default)]
    pub force: bool,
    /// Whether its branch goes, too; absent: if it was made with the worktree and all of it is merged.
    /// One with commits that are nowhere else goes only with `force`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_branch: Option<bool>,
}

/// `POST /worktrees/prune`
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PruneWorktreesRequest {
    /// Whether nothing is removed, and only said what would be.
    #[serde(default)]
    pub dry_run: bool,
    /// Whether those go as well that hold what is in no commit.
    #[serde(default)]
    pub force: bool,
}
