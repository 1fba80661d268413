use std::ffi::OsStr;
use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

use super::GitReview;
use super::names::{checked_path, checked_ref};
use super::repository::Repository;
use super::run::Done;
use crate::EngineError;

/// More than a page can show of one difference; bytes.
const SHOWN_MAX: usize = 2 * 1024 * 1024;

/// What is compared with what.
#[derive(Clone, Debug, Default)]
pub struct DiffOf {
    /// The index with the last commit, instead of the files with the index.
    pub staged: bool,
    /// What a commit changed.
    pub commit: Option<String>,
    /// The files, or `commit_b`, with this commit.
    pub commit_a: Option<String>,
    /// See `commit_a`.
    pub commit_b: Option<String>,
    /// The files, or `tip`, with where they left this branch.
    pub base: Option<String>,
    /// See `base`.
    pub tip: Option<String>,
    /// Only this path; a file that git does not know is shown as new.
    pub path: Option<String>,
    /// The name that it had.
    pub orig_path: Option<String>,
}

/// A difference as git writes it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Diff {
    /// The text.
    pub diff: String,
    /// Whether it goes on behind what is there.
    pub truncated: bool,
}

impl GitReview {
    /// What differs, line by line.
    pub async fn diff(&self, cwd: &Path, of: &DiffOf) -> Result<Diff, EngineError> {
        let repository = self.open(cwd).await?;
        let mut args = of.args(&repository, &["--patch"])?;
        args.push("--".to_owned());
        args.extend(of.paths()?.into_iter().map(str::to_owned));
        let mut done = repository.look(&args).await?;
        if let (true, Some(path)) = (done.stdout.is_empty() && of.is_of_files(), &of.path) {
            done = untracked(&repository, path).await?.unwrap_or(done);
        }
        let is_cut = done.is_cut || done.stdout.len() > SHOWN_MAX;
        done.stdout.truncate(SHOWN_MAX);
        if is_cut {
            // Half a line would pass for one.
            let end = done.stdout.iter().rposition(|byte| *byte == b'\n');
            done.stdout.truncate(end.map_or(0, |end| end + 1));
        }
        Ok(Diff {
            diff: String::from_utf8_lossy(&done.stdout).into_owned(),
            truncated: is_cut,
        })
    }
}

impl DiffOf {
    /// The arguments that ask for it, up to the paths.
    pub(super) fn args(
        &self,
        repository: &Repository<'_>,
        how: &[&str],
    ) -> Result<Vec<String>, EngineError> {
        // Nothing of a repository's configuration is run, and nothing of a person's is drawn.
        const PLAIN: [&str; 6] = [
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--find-renames",
            "--src-prefix=a/",
            "--dst-prefix=b/",
        ];
        let mut args = Vec::new();
        let verb = if self.commit.is_some() {
            "show"
        } else {
            "diff"
        };
        args.push(verb);
        args.extend(PLAIN);
        args.extend(how);
        let range;
        let end = "--end-of-options";
        if let Some(commit) = &self.commit {
            args.extend(["--format=", "--diff-merges=first-parent", end]);
            args.push(checked_ref("commit", commit)?);
        } else if let Some(base) = &self.base {
            let base = checked_ref("base", base)?;
            if let Some(tip) = &self.tip {
                range = format!("{base}...{}", checked_ref("ref", tip)?);
                args.extend([end, &range]);
            } else {
                args.extend(["--merge-base", end, base]);
            }
        } else if let Some(commit) = &self.commit_a {
            args.extend([end, checked_ref("commitA", commit)?]);
            if let Some(commit) = &self.commit_b {
                args.push(checked_ref("commitB", commit)?);
            }
        } else if self.staged {
            args.extend(["--cached", end, repository.head()]);
        }
        Ok(args.into_iter().map(str::to_owned).collect())
    }

    /// The paths that it is about; none: all.
    pub(super) fn paths(&self) -> Result<Vec<&str>, EngineError> {
        let mut paths = Vec::new();
        if let Some(path) = &self.path {
            paths.push(checked_path("path", path)?);
            if let Some(path) = &self.orig_path {
                paths.push(checked_path("origPath", path)?);
            }
        }
        Ok(paths)
    }

    /// Whether the files as they are are compared.
    fn is_of_files(&self) -> bool {
        !self.staged && self.commit.is_none() && self.commit_b.is_none() && self.tip.is_none()
    }
}

/// A file that git does not know, as one that is new; none where git knows it.
async fn untracked(repository: &Repository<'_>, path: &str) -> Result<Option<Done>, EngineError> {
    let list = [
        "ls-files",
        "-z",
        "--others",
        "--exclude-standard",
        "--",
        path,
    ];
    let found = repository.ask(&list).await?;
    if found.stdout.strip_suffix(b"\0") != Some(path.as_bytes()) {
        return Ok(None);
    }
    let args: [&OsStr; 7] = [
        "diff",
        "--no-index",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--",
        "/dev/null",
    ]
    .map(OsStr::new);
    let args: Vec<_> = args.into_iter().chain([OsStr::new(path)]).collect();
    // It says with its exit code that they differ.
    repository.whatever(&args).await.map(Some)
}
