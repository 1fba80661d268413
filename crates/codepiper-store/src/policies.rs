//! The policies. What their rules say is other crates' business.

use codepiper_model::{SessionId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde_json::Value;

use crate::StoreError;

/// A policy as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPolicy {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it counts.
    pub enabled: bool,
    /// Where it stands in lists.
    pub priority: i64,
    /// The only session it is for.
    pub session_id: Option<SessionId>,
    /// What it says; a text where it cannot be read.
    pub rules: Value,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Adds a policy. `false` when there is one of that id.
pub fn insert(db: &Connection, policy: &StoredPolicy) -> Result<bool, StoreError> {
    let added = write(
        db,
        policy,
        "INSERT INTO policies
             (id, name, description, enabled, priority, session_id, rules, created_at, updated_at)
         VALUES (:id, :name, :description, :enabled, :priority, :session_id, :rules, :created_at,
             :updated_at)
         ON CONFLICT (id) DO NOTHING",
    )?;
    Ok(added == 1)
}

/// Writes a policy anew. `false` when there is none of that id.
pub fn update(db: &Connection, policy: &StoredPolicy) -> Result<bool, StoreError> {
    let changed = write(
        db,
        policy,
        "UPDATE policies SET name = :name, description = :description, enabled = :enabled,
             priority = :priority, session_id = :session_id, rules = :rules,
             created_at = :created_at, updated_at = :updated_at
         WHERE id = :id",
    )?;
    Ok(changed == 1)
}

/// Removes a policy. `false` when there is none of that id.
pub fn delete(db: &Connection, id: &str) -> Result<bool, StoreError> {
    let removed = db.execute("DELETE FROM policies WHERE id = ?1", [id])?;
    Ok(removed == 1)
}

/// One policy.
pub fn get(db: &Connection, id: &str) -> Result<Option<StoredPolicy>, StoreError> {
    db.prepare_cached("SELECT * FROM policies WHERE id = ?1")?
        .query_row([id], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Every policy, highest priority first, then newest first.
pub fn all(db: &Connection) -> Result<Vec<StoredPolicy>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM policies ORDER BY priority DESC, created_at DESC, rowid DESC",
    )?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

fn write(db: &Connection, policy: &StoredPolicy, sql: &str) -> Result<usize, StoreError> {
    Ok(db.prepare_cached(sql)?.execute(named_params! {
        ":id": policy.id,
        ":name": policy.name,
        ":description": policy.description,
        ":enabled": policy.enabled,
        ":priority": policy.priority,
        ":session_id": policy.session_id.map(|id| id.to_string()),
        ":rules": serde_json::to_string(&policy.rules)?,
        ":created_at": policy.created_at.as_millis(),
        ":updated_at": policy.updated_at.as_millis(),
    })?)
}

fn read(row: &Row<'_>) -> Result<StoredPolicy, StoreError> {
    // One policy that cannot be read must not take the others with it: whoever asks it finds out.
    let text: String = row.get("rules")?;
    let mut rules = serde_json::from_str(&text).unwrap_or(Value::String(text));
    let session: Option<String> = row.get("session_id")?;
    let session_id = session.and_then(|text| {
        let id = text.parse();
        if id.is_err() {
            rules = Value::String(format!("for `{text}`, which is no session"));
        }
        id.ok()
    });
    Ok(StoredPolicy {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        enabled: row.get("enabled")?,
        priority: row.get("priority")?,
        session_id,
        rules,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}
