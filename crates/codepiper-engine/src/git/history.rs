use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

use super::GitReview;
use super::names::{checked_path, checked_ref};
use crate::EngineError;

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Its name.
    pub hash: String,
    /// The beginning of that.
    pub short_hash: String,
    /// Who wrote it.
    pub author: String,
    /// Their address.
    pub email: String,
    /// When, as ISO 8601.
    pub date: String,
    /// The first line of what they said.
    pub message: String,
}

/// The branches of a repository.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Branches {
    /// Those of its own, the latest first.
    pub branches: Vec<String>,
    /// The one that it is on.
    pub current_branch: Option<String>,
    /// The one that others are compared with.
    pub default_branch: Option<String>,
}

impl GitReview {
    /// The history, the latest first: of all, or of one path.
    pub async fn log(
        &self,
        cwd: &Path,
        limit: usize,
        from: Option<&str>,
        path: Option<&str>,
    ) -> Result<Vec<LogEntry>, EngineError> {
        let repository = self.open(cwd).await?;
        if !repository.has_head && from.is_none() {
            return Ok(Vec::new());
        }
        let limit = format!("--max-count={limit}");
        let from = from.map_or(Ok("HEAD"), |name| checked_ref("ref", name))?;
        let format = "--format=%H%x1f%h%x1f%an%x1f%ae%x1f%aI%x1f%s";
        let mut args = vec!["log", "-z", &limit, format, "--end-of-options", from, "--"];
        if let Some(path) = path {
            args.push(checked_path("path", path)?);
        }
        let done = repository.ask(&args).await?;
        let text = String::from_utf8_lossy(&done.stdout);
        Ok(text.split('\0').filter_map(entry).collect())
    }

    /// The branches.
    pub async fn branches(&self, cwd: &Path) -> Result<Branches, EngineError> {
        let repository = self.open(cwd).await?;
        let list = [
            "for-each-ref",
            "--sort=-committerdate",
            "--count=1000",
            "--format=%(refname:short)",
            "refs/heads",
        ];
        let done = repository.ask(&list).await?;
        let text = String::from_utf8_lossy(&done.stdout);
        let branches: Vec<String> = text.lines().map(str::to_owned).collect();
        let current = ["symbolic-ref", "--short", "--quiet", "HEAD"];
        let current_branch = repository.line(&current).await?;
        let remote = [
            "symbolic-ref",
            "--short",
            "--quiet",
            "refs/remotes/origin/HEAD",
        ];
        let usual = || {
            let known = ["main", "master", "trunk", "develop"];
            let mut known = known.into_iter().map(str::to_owned);
            known.find(|name| branches.contains(name))
        };
        let default_branch = repository.line(&remote).await?.or_else(usual);
        Ok(Branches {
            branches,
            current_branch,
            default_branch,
        })
    }
}

fn entry(text: &str) -> Option<LogEntry> {
    let mut fields = text.splitn(6, '\u{1f}').map(str::to_owned);
    Some(LogEntry {
        hash: fields.next().filter(|hash| !hash.is_empty())?,
        short_hash: fields.next()?,
        author: fields.next()?,
        email: fields.next()?,
        date: fields.next()?,
        message: fields.next()?,
    })
}
