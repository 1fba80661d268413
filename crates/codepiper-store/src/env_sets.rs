//! Sets of variables, whose values are sealed before they come here.

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::StoreError;

/// A set as it is kept, without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnvSet {
    /// Its id.
    pub id: String,
    /// What people call it; no two are called the same.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Writes a set, new or anew. `false` when another one has that name.
pub fn put(db: &Connection, set: &StoredEnvSet) -> Result<bool, StoreError> {
    let namesake = db
        .prepare_cached("SELECT 1 FROM env_sets WHERE name = ?1 AND id <> ?2")?
        .exists([&set.name, &set.id])?;
    if namesake {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO env_sets (id, name, description, created_at, updated_at)
         VALUES (:id, :name, :description, :created_at, :updated_at)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name,
             description = excluded.description, updated_at = excluded.updated_at",
    )?
    .execute(named_params! {
        ":id": set.id,
        ":name": set.name,
        ":description": set.description,
        ":created_at": set.created_at.as_millis(),
        ":updated_at": set.updated_at.as_millis(),
    })?;
    Ok(true)
}

/// Removes a set with its values. `false` when there is none of that id.
pub fn delete(db: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(db.execute("DELETE FROM env_sets WHERE id = ?1", [id])? == 1)
}

/// One set.
pub fn get(db: &Connection, id: &str) -> Result<Option<StoredEnvSet>, StoreError> {
    db.prepare_cached("SELECT * FROM env_sets WHERE id = ?1")?
        .query_row([id], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Every set, by name.
pub fn all(db: &Connection) -> Result<Vec<StoredEnvSet>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM env_sets ORDER BY name")?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

/// The names of a set's variables, in order.
pub fn names(db: &Connection, set_id: &str) -> Result<Vec<String>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT name FROM env_values WHERE set_id = ?1 ORDER BY name")?;
    let rows = statement.query_map([set_id], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A set's variables with their sealed values.
pub fn values(db: &Connection, set_id: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT name, sealed FROM env_values WHERE set_id = ?1 ORDER BY name")?;
    let rows = statement.query_map([set_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sets a variable to a sealed value.
pub fn set_value(
    db: &Connection,
    set_id: &str,
    name: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO env_values (set_id, name, sealed) VALUES (?1, ?2, ?3)
         ON CONFLICT (set_id, name) DO UPDATE SET sealed = excluded.sealed",
    )?
    .execute((set_id, name, sealed))?;
    Ok(())
}

/// Removes a variable.
pub fn unset_value(db: &Connection, set_id: &str, name: &str) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM env_values WHERE set_id = ?1 AND name = ?2",
        [set_id, name],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<StoredEnvSet, StoreError> {
    Ok(StoredEnvSet {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}
