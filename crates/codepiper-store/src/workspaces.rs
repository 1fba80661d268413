//! Directories that people work in.

use std::path::PathBuf;

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde_json::Value;

use crate::StoreError;
use crate::row::json;

/// A workspace as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWorkspace {
    /// Its id.
    pub id: String,
    /// What people call it; no two are called the same.
    pub name: String,
    /// The directory.
    pub path: PathBuf,
    /// What new sessions there are, as whoever stored it understands it.
    pub defaults: Value,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Writes a workspace, new or anew. `false` when another one has that name.
pub fn put(db: &Connection, workspace: &StoredWorkspace) -> Result<bool, StoreError> {
    let namesake = db
        .prepare_cached("SELECT 1 FROM workspaces WHERE name = ?1 AND id <> ?2")?
        .exists([&workspace.name, &workspace.id])?;
    if namesake {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO workspaces (id, name, path, defaults, created_at, updated_at)
         VALUES (:id, :name, :path, :defaults, :created_at, :updated_at)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, path = excluded.path,
             defaults = excluded.defaults, updated_at = excluded.updated_at",
    )?
    .execute(named_params! {
        ":id": workspace.id,
        ":name": workspace.name,
        ":path": workspace.path.to_string_lossy(),
        ":defaults": workspace.defaults.to_string(),
        ":created_at": workspace.created_at.as_millis(),
        ":updated_at": workspace.updated_at.as_millis(),
    })?;
    Ok(true)
}

/// Removes a workspace. `false` when there is none of that id.
pub fn delete(db: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(db.execute("DELETE FROM workspaces WHERE id = ?1", [id])? == 1)
}

/// One workspace.
pub fn get(db: &Connection, id: &str) -> Result<Option<StoredWorkspace>, StoreError> {
    db.prepare_cached("SELECT * FROM workspaces WHERE id = ?1")?
        .query_row([id], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Every workspace, by name.
pub fn all(db: &Connection) -> Result<Vec<StoredWorkspace>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM workspaces ORDER BY name")?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

fn read(row: &Row<'_>) -> Result<StoredWorkspace, StoreError> {
    Ok(StoredWorkspace {
        id: row.get("id")?,
        name: row.get("name")?,
        path: PathBuf::from(row.get::<_, String>("path")?),
        defaults: json(row, "defaults")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}
