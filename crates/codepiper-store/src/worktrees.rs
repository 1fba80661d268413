//! The git worktrees that were made for sessions.

use std::path::{Path, PathBuf};

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::StoreError;

/// A worktree, as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWorktree {
    /// Where it is.
    pub path: PathBuf,
    /// The root of its repository: the main worktree, or the directory of a bare one.
    pub repo_root: PathBuf,
    /// The branch it was made for.
    pub branch: String,
    /// Whether that branch was made with it.
    pub created_branch: bool,
    /// What it is to be merged into one day.
    pub base: Option<String>,
    /// The commit at which it began.
    pub base_commit: Option<String>,
    /// Where the session was asked to start.
    pub original_cwd: PathBuf,
    /// What is run before it is removed.
    pub teardown_script: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Writes a worktree down; one that was there before, and is gone, is forgotten.
pub fn put(db: &Connection, worktree: &StoredWorktree) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO worktrees (path, repo_root, branch, created_branch, base,
             base_commit, original_cwd, teardown_script, created_at)
         VALUES (:path, :repo_root, :branch, :created_branch, :base, :base_commit,
             :original_cwd, :teardown_script, :created_at)",
    )?
    .execute(named_params! {
        ":path": worktree.path.to_string_lossy(),
        ":repo_root": worktree.repo_root.to_string_lossy(),
        ":branch": worktree.branch,
        ":created_branch": worktree.created_branch,
        ":base": worktree.base,
        ":base_commit": worktree.base_commit,
        ":original_cwd": worktree.original_cwd.to_string_lossy(),
        ":teardown_script": worktree.teardown_script,
        ":created_at": worktree.created_at.as_millis(),
    })?;
    Ok(())
}

/// Every worktree, newest first.
pub fn all(db: &Connection) -> Result<Vec<StoredWorktree>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM worktrees ORDER BY rowid DESC")?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

/// One worktree.
pub fn get(db: &Connection, path: &Path) -> Result<Option<StoredWorktree>, StoreError> {
    db.prepare_cached("SELECT * FROM worktrees WHERE path = ?1")?
        .query_row([path.to_string_lossy()], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Forgets a worktree.
pub fn delete(db: &Connection, path: &Path) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM worktrees WHERE path = ?1",
        [path.to_string_lossy()],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<StoredWorktree, StoreError> {
    Ok(StoredWorktree {
        path: PathBuf::from(row.get::<_, String>("path")?),
        repo_root: PathBuf::from(row.get::<_, String>("repo_root")?),
        branch: row.get("branch")?,
        created_branch: row.get("created_branch")?,
        base: row.get("base")?,
        base_commit: row.get("base_commit")?,
        original_cwd: PathBuf::from(row.get::<_, String>("original_cwd")?),
        teardown_script: row.get("teardown_script")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
    })
}
