//! What people are told of, until they have read it and after.

use std::collections::BTreeMap;

use codepiper_model::{Seq, Timestamp};
use rusqlite::{Connection, Row, ToSql, named_params};
use serde_json::Value;

use crate::StoreError;

/// Something that is to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotification {
    /// The session that it is about, if it is about one.
    pub session_id: Option<String>,
    /// Its agent.
    pub provider: Option<String>,
    /// What it is.
    pub kind: &'static str,
    /// The event of the session that it came from.
    pub source_event_id: Option<Seq>,
    /// A few words.
    pub title: String,
    /// A few more.
    pub body: String,
    /// What a program needs.
    pub payload: Value,
    /// When.
    pub created_at: Timestamp,
}

/// Something that was told.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredNotification {
    /// Its number.
    pub id: i64,
    /// The session that it is about, if it is about one.
    pub session_id: Option<String>,
    /// Its agent.
    pub provider: Option<String>,
    /// What it is.
    pub kind: String,
    /// The event of the session that it came from.
    pub source_event_id: Option<Seq>,
    /// A few words.
    pub title: String,
    /// A few more.
    pub body: String,
    /// What a program needs.
    pub payload: Value,
    /// When.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// How it came to be read.
    pub read_source: Option<String>,
}

/// Which of them.
#[derive(Clone, Debug, Default)]
pub struct NotificationQuery {
    /// Of this session.
    pub session_id: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Those that nobody has read.
    pub unread_only: bool,
    /// Earlier than this one.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// Writes one down, unless its event has made one of that kind already.
pub fn insert(db: &Connection, new: &NewNotification) -> Result<Option<i64>, StoreError> {
    let changed = db
        .prepare_cached(
            "INSERT OR IGNORE INTO notifications (session_id, provider, kind, source_event_id, title,
                 body, payload, created_at)
             VALUES (:session_id, :provider, :kind, :source_event_id, :title, :body, :payload,
                 :created_at)",
        )?
        .execute(named_params! {
            ":session_id": new.session_id,
            ":provider": new.provider,
            ":kind": new.kind,
            ":source_event_id": new.source_event_id,
            ":title": new.title,
            ":body": new.body,
            ":payload": serde_json::to_string(&new.payload)?,
            ":created_at": new.created_at.as_millis(),
        })?;
    Ok((changed == 1).then(|| db.last_insert_rowid()))
}

/// Reads them, the newest first.
pub fn query(
    db: &Connection,
    wanted: &NotificationQuery,
) -> Result<Vec<StoredNotification>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM notifications
         WHERE (:session IS NULL OR session_id = :session) AND (:kind IS NULL OR kind = :kind)
             AND (NOT :unread OR read_at IS NULL) AND (:before IS NULL OR id < :before)
         ORDER BY id DESC LIMIT :limit",
    )?;
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    let params: [(&str, &dyn ToSql); 5] = [
        (":session", &wanted.session_id),
        (":kind", &wanted.kind),
        (":unread", &wanted.unread_only),
        (":before", &wanted.before),
        (":limit", &limit),
    ];
    let rows = statement.query_and_then(&params[..], read)?;
    rows.collect()
}

/// One, by its number.
pub fn get(db: &Connection, id: i64) -> Result<Option<StoredNotification>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM notifications WHERE id = ?1")?;
    let mut rows = statement.query_and_then([id], read)?;
    rows.next().transpose()
}

/// How many nobody has read, by session; those of none under `None`.
pub fn unread(db: &Connection) -> Result<BTreeMap<Option<String>, u64>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT session_id, count(*) FROM notifications WHERE read_at IS NULL GROUP BY session_id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that one was read; `false` when it was, or is not there.
pub fn mark(db: &Connection, id: i64, source: &str, at: Timestamp) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE notifications SET read_at = ?3, read_source = ?2
             WHERE id = ?1 AND read_at IS NULL",
        )?
        .execute((id, source, at.as_millis()))?;
    Ok(changed == 1)
}

/// Notes that all were read, of one session or of all; returns how many.
pub fn mark_all(
    db: &Connection,
    session_id: Option<&str>,
    kinds: &[&str],
    source: &str,
    at: Timestamp,
) -> Result<usize, StoreError> {
    let kinds = serde_json::to_string(kinds)?;
    let changed = db
        .prepare_cached(
            "UPDATE notifications SET read_at = ?4, read_source = ?3
             WHERE read_at IS NULL AND (?1 IS NULL OR session_id = ?1)
                 AND (?2 = '[]' OR kind IN (SELECT value FROM json_each(?2)))",
        )?
        .execute((session_id, kinds, source, at.as_millis()))?;
    Ok(changed)
}

/// Notes that what asks for this approval was read.
pub fn mark_approval(
    db: &Connection,
    session_id: &str,
    approval_id: &str,
    source: &str,
    at: Timestamp,
) -> Result<usize, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE notifications SET read_at = ?4, read_source = ?3
             WHERE read_at IS NULL AND session_id = ?1 AND payload ->> 'approvalId' = ?2",
        )?
        .execute((session_id, approval_id, source, at.as_millis()))?;
    Ok(changed)
}

/// Notes that what a step of a workflow asks was read.
pub fn mark_question(
    db: &Connection,
    execution: &str,
    step: &str,
    source: &str,
    at: Timestamp,
) -> Result<usize, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE notifications SET read_at = ?4, read_source = ?3
             WHERE read_at IS NULL AND session_id IS NULL
                 AND payload ->> 'executionId' = ?1 AND payload ->> 'step' = ?2",
        )?
        .execute((execution, step, source, at.as_millis()))?;
    Ok(changed)
}

/// Forgets what is about a session that is gone.
pub fn delete_of(db: &Connection, session_id: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM notifications WHERE session_id = ?1")?
        .execute([session_id])?;
    db.prepare_cached("DELETE FROM notification_prefs WHERE session_id = ?1")?
        .execute([session_id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<StoredNotification, StoreError> {
    let payload: String = row.get("payload")?;
    let read_at: Option<i64> = row.get("read_at")?;
    Ok(StoredNotification {
        id: row.get("id")?,
        session_id: row.get("session_id")?,
        provider: row.get("provider")?,
        kind: row.get("kind")?,
        source_event_id: row.get("source_event_id")?,
        title: row.get("title")?,
        body: row.get("body")?,
        payload: serde_json::from_str(&payload)?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        read_at: read_at.map(Timestamp::from_millis),
        read_source: row.get("read_source")?,
    })
}
