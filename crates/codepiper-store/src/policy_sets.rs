//! Sets of policies, and the sessions that they are given to.

use codepiper_model::{SessionId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::StoreError;
use crate::row::parsed;

/// A set as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSet {
    /// Its id.
    pub id: String,
    /// What people call it; no two are called the same.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is given to every new session.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What is already there under that id or name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The id.
    Id,
    /// The name.
    Name,
}

/// Adds a set, or says what is taken. One that is the default takes that from the one that was.
pub fn insert(db: &Connection, set: &StoredSet) -> Result<Option<Taken>, StoreError> {
    if get(db, &set.id)?.is_some() {
        return Ok(Some(Taken::Id));
    }
    write(
        db,
        set,
        "INSERT INTO policy_sets (id, name, description, is_default, created_at, updated_at)
         VALUES (:id, :name, :description, :is_default, :created_at, :updated_at)",
    )
}

/// Writes a set anew, or says what is taken.
pub fn update(db: &Connection, set: &StoredSet) -> Result<Option<Taken>, StoreError> {
    write(
        db,
        set,
        "UPDATE policy_sets SET name = :name, description = :description,
             is_default = :is_default, created_at = :created_at, updated_at = :updated_at
         WHERE id = :id",
    )
}

/// Removes a set; its policies stay. `false` when there is none of that id.
pub fn delete(db: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(db.execute("DELETE FROM policy_sets WHERE id = ?1", [id])? == 1)
}

/// One set.
pub fn get(db: &Connection, id: &str) -> Result<Option<StoredSet>, StoreError> {
    db.prepare_cached("SELECT * FROM policy_sets WHERE id = ?1")?
        .query_row([id], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Every set, by name.
pub fn all(db: &Connection) -> Result<Vec<StoredSet>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM policy_sets ORDER BY name")?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

/// The set that is given to every new session.
pub fn default(db: &Connection) -> Result<Option<StoredSet>, StoreError> {
    db.prepare_cached("SELECT * FROM policy_sets WHERE is_default")?
        .query_row([], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Every membership: the set and the policy.
pub fn members(db: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT set_id, policy_id FROM policy_set_members ORDER BY 1, 2")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts a policy into a set. `false` when it was in it already.
pub fn add_member(db: &Connection, set_id: &str, policy_id: &str) -> Result<bool, StoreError> {
    let added = db.execute(
        "INSERT OR IGNORE INTO policy_set_members (set_id, policy_id) VALUES (?1, ?2)",
        [set_id, policy_id],
    )?;
    Ok(added == 1)
}

/// Takes a policy out of a set. `false` when it was not in it.
pub fn remove_member(db: &Connection, set_id: &str, policy_id: &str) -> Result<bool, StoreError> {
    let removed = db.execute(
        "DELETE FROM policy_set_members WHERE set_id = ?1 AND policy_id = ?2",
        [set_id, policy_id],
    )?;
    Ok(removed == 1)
}

/// Every gift: the session and the set.
pub fn given(db: &Connection) -> Result<Vec<(SessionId, String)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT session_id, set_id FROM session_policy_sets ORDER BY 1, 2")?;
    let rows = statement.query_and_then([], |row| {
        Ok::<_, StoreError>((parsed(row, "session_id")?, row.get("set_id")?))
    })?;
    rows.collect()
}

/// Gives a set to a session. `false` when it has it already.
pub fn give(db: &Connection, session_id: SessionId, set_id: &str) -> Result<bool, StoreError> {
    let given = db.execute(
        "INSERT OR IGNORE INTO session_policy_sets (session_id, set_id) VALUES (?1, ?2)",
        [session_id.to_string().as_str(), set_id],
    )?;
    Ok(given == 1)
}

/// Takes a set from a session. `false` when it did not have it.
pub fn take(db: &Connection, session_id: SessionId, set_id: &str) -> Result<bool, StoreError> {
    let taken = db.execute(
        "DELETE FROM session_policy_sets WHERE session_id = ?1 AND set_id = ?2",
        [session_id.to_string().as_str(), set_id],
    )?;
    Ok(taken == 1)
}

fn write(db: &Connection, set: &StoredSet, sql: &str) -> Result<Option<Taken>, StoreError> {
    let namesake: Option<String> = db
        .prepare_cached("SELECT id FROM policy_sets WHERE name = ?1 AND id <> ?2")?
        .query_row([&set.name, &set.id], |row| row.get(0))
        .optional()?;
    if namesake.is_some() {
        return Ok(Some(Taken::Name));
    }
    if set.is_default {
        db.execute(
            "UPDATE policy_sets SET is_default = 0 WHERE id <> ?1",
            [&set.id],
        )?;
    }
    db.prepare_cached(sql)?.execute(named_params! {
        ":id": set.id,
        ":name": set.name,
        ":description": set.description,
        ":is_default": set.is_default,
        ":created_at": set.created_at.as_millis(),
        ":updated_at": set.updated_at.as_millis(),
    })?;
    Ok(None)
}

fn read(row: &Row<'_>) -> Result<StoredSet, StoreError> {
    Ok(StoredSet {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        is_default: row.get("is_default")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}
