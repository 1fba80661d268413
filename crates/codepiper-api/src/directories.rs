use std::path::PathBuf;

use codepiper_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `GET /directories`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectoriesParams {
    /// Which directory to look into, absolute or from `~` on; the home directory by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether to show those whose names begin with a dot.
    #[serde(default)]
    pub hidden: bool,
    /// Whether a path that is being typed, and is no directory yet, is answered with the nearest one
    /// above it, instead of an error.
    #[serde(default)]
    pub nearest: bool,
}

/// What is in a directory of the daemon's machine.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DirectoriesResponse {
    /// The directory, absolute, with all links followed.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// The one that it is in; the root is in none.
    #[schema(value_type = Option<String>)]
    pub parent: Option<PathBuf>,
    /// The git branch that it is on, or the beginning of a commit.
    pub branch: Option<String>,
    /// The directories in it, by name; files are left out.
    pub entries: Vec<DirectoryEntry>,
    /// Whether there are more than are listed.
    pub truncated: bool,
    /// Why this is only the nearest directory, and not the one that was asked for.
    pub problem: Option<String>,
}

/// A directory in another one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DirectoryEntry {
    /// Its name.
    pub name: String,
    /// Its place; absolute.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// Whether a git repository, or a worktree of one, is there.
    pub git: bool,
}

/// `GET /directories/recent`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecentDirectoriesResponse {
    /// Where sessions worked last and still can; the latest first.
    pub directories: Vec<RecentDirectory>,
}

/// A directory that sessions worked in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecentDirectory {
    /// Its place; absolute.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// The git branch that it is on, or the beginning of a commit.
    pub branch: Option<String>,
    /// When the latest session there was made.
    pub last_used_at: Timestamp,
}
