//! Sessions of which people are told otherwise than of all others.

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use crate::StoreError;

/// What was said of one session, and when.
pub fn get(db: &Connection, session_id: &str) -> Result<Option<(bool, Timestamp)>, StoreError> {
    let found = db
        .prepare_cached("SELECT enabled, updated_at FROM notification_prefs WHERE session_id = ?1")?
        .query_row([session_id], |row| {
            Ok((row.get(0)?, Timestamp::from_millis(row.get(1)?)))
        })
        .optional()?;
    Ok(found)
}

/// Says whether people are told of a session; nothing: as of all others.
pub fn set(
    db: &Connection,
    session_id: &str,
    enabled: Option<bool>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(enabled) = enabled else {
        db.prepare_cached("DELETE FROM notification_prefs WHERE session_id = ?1")?
            .execute([session_id])?;
        return Ok(());
    };
    db.prepare_cached(
        "INSERT INTO notification_prefs (session_id, enabled, updated_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (session_id) DO UPDATE SET enabled = excluded.enabled,
             updated_at = excluded.updated_at",
    )?
    .execute((session_id, enabled, at.as_millis()))?;
    Ok(())
}
