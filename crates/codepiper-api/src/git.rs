//! What agents changed, seen with git.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `GET /sessions/:id/git/diff` and `…/diff-stat`: without any of it, the files with the index.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DiffParams {
    /// The index with the last commit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub staged: bool,
    /// What this commit changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// This commit with the files, or with `commitB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_a: Option<String>,
    /// See `commitA`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_b: Option<String>,
    /// Where the files, or `ref`, left this branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// With `base`: what is compared with it; alone, the same as `commit`.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub tip: Option<String>,
    /// What this turn of the agent changed, and nothing else; one that goes on, up to now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    /// Only this path; a file that git does not know is shown as new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The name that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orig_path: Option<String>,
}

/// `GET /sessions/:id/git/log`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogParams {
    /// At most so many, 1 to 1000; 50 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Where it begins; the last commit by default.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub tip: Option<String>,
    /// What changed this path only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// `GET /sessions/:id/git/file` and `…/file-raw`
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileParams {
    /// The commit, or `WORKING_TREE` for the file as it is.
    #[serde(rename = "ref")]
    pub commit: String,
    /// The file.
    pub path: String,
}

/// `POST /sessions/:id/git/stage`, `…/unstage` and `…/discard`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathsRequest {
    /// Which files, or directories with all in them.
    pub paths: Vec<String>,
}

/// `POST /sessions/:id/git/commit`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitRequest {
    /// What is said about it.
    pub message: String,
    /// Whether it takes the last one's place.
    #[serde(default)]
    pub amend: bool,
}

/// `POST /sessions/:id/git/undo`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UndoRequest {
    /// What discarding, or the last undoing, answered.
    pub undo_id: String,
}

/// `POST /sessions/:id/git/comments`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommentsRequest {
    /// All of them go in one prompt.
    pub comments: Vec<CommentRequest>,
    /// What is said besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A comment on lines of a file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommentRequest {
    /// The file.
    pub path: String,
    /// Which text of it: as it is, or as it was in the last commit.
    #[serde(default)]
    pub side: Side,
    /// The line, counted from 1.
    pub line: usize,
    /// The last of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<usize>,
    /// What is said about it.
    pub text: String,
}

/// A side of a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Before the change.
    Old,
    /// After it.
    #[default]
    New,
}
