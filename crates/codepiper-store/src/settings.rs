//! Named values: what a person set, and what the installation must remember.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::Value;

use crate::StoreError;

/// The value of that name.
pub fn get(db: &Connection, key: &str) -> Result<Option<Value>, StoreError> {
    let text: Option<String> = db
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// Every name with its value.
pub fn all(db: &Connection) -> Result<Vec<(String, Value)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT key, value FROM settings ORDER BY key")?;
    let rows = statement.query_and_then([], |row| {
        let text: String = row.get(1)?;
        Ok((row.get(0)?, serde_json::from_str(&text)?))
    })?;
    rows.collect()
}

/// Sets the value of that name.
pub fn set(db: &Connection, key: &str, value: &Value) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO settings (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute((key, serde_json::to_string(value)?))?;
    Ok(())
}
