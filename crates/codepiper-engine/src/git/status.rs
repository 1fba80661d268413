use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

use super::GitReview;
use crate::EngineError;

/// How a repository stands.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GitStatus {
    /// What differs, by path.
    pub status: Vec<StatusEntry>,
    /// The branch that it is on; none: on none.
    pub branch: Option<String>,
    /// The branch at a remote that it follows.
    pub upstream: Option<String>,
    /// Commits that are not there.
    pub ahead: u64,
    /// Commits that are only there.
    pub behind: u64,
    /// The root of the worktree, which all paths are relative to.
    pub root: String,
    /// Whether there are more entries than are listed.
    pub truncated: bool,
}

/// A path that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusEntry {
    /// Where it is.
    pub path: String,
    /// How the index differs from the last commit: a letter of `git status`, or a blank.
    pub index_status: char,
    /// How the file differs from the index.
    pub work_tree_status: char,
    /// Whether git does not know it.
    pub is_untracked: bool,
    /// Whether it had another name.
    pub is_renamed: bool,
    /// Whether two sides disagree about it.
    pub is_conflicted: bool,
    /// The name that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub orig_path: Option<String>,
}

/// More than a person looks at.
const ENTRIES_MAX: usize = 5000;

impl GitReview {
    /// What differs.
    pub async fn status(&self, cwd: &Path) -> Result<GitStatus, EngineError> {
        let repository = self.open(cwd).await?;
        let args = [
            "status",
            "--porcelain=v2",
            "--branch",
            "-z",
            "--untracked-files=all",
        ];
        let done = repository.look(&args).await?;
        let mut status = read(&done.stdout);
        status.truncated |= done.is_cut;
        status.root = repository.root.to_string_lossy().into_owned();
        Ok(status)
    }
}

/// Reads `git status --porcelain=v2 --branch -z` (<https://git-scm.com/docs/git-status>).
fn read(output: &[u8]) -> GitStatus {
    let text = String::from_utf8_lossy(output);
    let mut status = GitStatus::default();
    let mut entries = text.split('\0');
    while let Some(entry) = entries.next() {
        let (kind, rest) = entry.split_once(' ').unwrap_or((entry, ""));
        let path_behind = |fields: usize| rest.splitn(fields + 1, ' ').nth(fields);
        let found = match kind {
            "#" => {
                branch(&mut status, rest);
                None
            }
            "1" => path_behind(7).map(|path| (path, None)),
            "2" => path_behind(8).map(|path| (path, entries.next())),
            "u" => path_behind(9).map(|path| (path, None)),
            "?" => Some((rest, None)),
            _ => None,
        };
        let Some((path, orig_path)) = found else {
            continue;
        };
        if status.status.len() == ENTRIES_MAX {
            status.truncated = true;
            break;
        }
        let mut letters = rest.chars().map(|c| if c == '.' { ' ' } else { c });
        let is_untracked = kind == "?";
        let mut letter = || {
            if is_untracked {
                '?'
            } else {
                letters.next().unwrap_or(' ')
            }
        };
        status.status.push(StatusEntry {
            path: path.to_owned(),
            index_status: letter(),
            work_tree_status: letter(),
            is_untracked,
            is_renamed: kind == "2",
            is_conflicted: kind == "u",
            orig_path: orig_path.map(str::to_owned),
        });
    }
    status
}

fn branch(status: &mut GitStatus, line: &str) {
    let (key, value) = line.split_once(' ').unwrap_or((line, ""));
    match key {
        "branch.head" if value != "(detached)" => status.branch = Some(value.to_owned()),
        "branch.upstream" => status.upstream = Some(value.to_owned()),
        "branch.ab" => {
            let mut counts = value.split(' ').map(|n| n[1..].parse().unwrap_or(0));
            status.ahead = counts.next().unwrap_or(0);
            status.behind = counts.next().unwrap_or(0);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_2_47_prints_is_read() {
        let output = "# branch.oid 1\0# branch.head main\0# branch.upstream origin/main\0\
                      # branch.ab +2 -1\0\
                      1 .M N... 100644 100644 100644 a a with blank\0\
                      2 R. N... 100644 100644 100644 a a R100 new\0old\0\
                      u UU N... 100644 100644 100644 100644 a a a both\0? \u{fc}ber\0";
        let status = read(output.as_bytes());
        assert_eq!(status.branch.as_deref(), Some("main"));
        assert_eq!((status.ahead, status.behind), (2, 1));
        let short = |e: &StatusEntry| {
            format!(
                "{}{} {} {:?}",
                e.index_status, e.work_tree_status, e.path, e.orig_path
            )
        };
        let read: Vec<_> = status.status.iter().map(short).collect();
        assert_eq!(
            read,
            [
                " M with blank None",
                "R  new Some(\"old\")",
                "UU both None",
                "?? \u{fc}ber None"
            ]
        );
    }
}
