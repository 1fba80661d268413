//! What was sent to agents, and how far it has come.

use codepiper_model::{ReceiptStatus, SentPrompt, SessionId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::StoreError;
use crate::row::{named, parsed};

/// A prompt, and where the transcript ended when it began to be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPrompt {
    /// The prompt.
    pub prompt: SentPrompt,
    /// Bytes; none as long as nothing of it was typed.
    pub transcript_from: Option<u64>,
}

/// How far a prompt has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// How far.
    pub status: ReceiptStatus,
    /// Why it came no further.
    pub reason: Option<String>,
    /// Its text from now on, where that changes.
    pub text: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Adds a prompt. `false` when the session has one with that key.
pub fn insert(db: &Connection, stored: &StoredPrompt) -> Result<bool, StoreError> {
    let prompt = &stored.prompt;
    let added = db
        .prepare_cached(
            "INSERT INTO prompts (id, session_id, key, text, is_command, sent_by, status, reason,
                 transcript_from, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
             ON CONFLICT DO NOTHING",
        )?
        .execute((
            &prompt.id,
            prompt.session_id.to_string(),
            &prompt.key,
            &prompt.text,
            prompt.is_command,
            &prompt.sent_by,
            name(prompt.status),
            &prompt.reason,
            stored.transcript_from.map(bytes),
            prompt.created_at.as_millis(),
        ))?;
    Ok(added == 1)
}

/// The prompt of that name.
pub fn get(
    db: &Connection,
    session_id: SessionId,
    id: &str,
) -> Result<Option<StoredPrompt>, StoreError> {
    one(
        db,
        "session_id = ?1 AND id = ?2",
        (session_id.to_string(), id),
    )
}

/// The prompt with that key.
pub fn of_key(
    db: &Connection,
    session_id: SessionId,
    key: &str,
) -> Result<Option<StoredPrompt>, StoreError> {
    one(
        db,
        "session_id = ?1 AND key = ?2",
        (session_id.to_string(), key),
    )
}

/// The prompts of a session that are not over, in order.
pub fn open(db: &Connection, session_id: SessionId) -> Result<Vec<StoredPrompt>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM prompts
         WHERE session_id = ?1 AND status IN ('accepted', 'typed', 'submitted') ORDER BY seq",
    )?;
    let rows = statement.query_and_then([session_id.to_string()], read)?;
    rows.collect()
}

/// The newest prompts of a session, in order.
pub fn latest(
    db: &Connection,
    session_id: SessionId,
    limit: usize,
) -> Result<Vec<StoredPrompt>, StoreError> {
    let mut statement = db
        .prepare_cached("SELECT * FROM prompts WHERE session_id = ?1 ORDER BY seq DESC LIMIT ?2")?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_and_then((session_id.to_string(), limit), read)?;
    let mut prompts: Vec<_> = rows.collect::<Result<_, _>>()?;
    prompts.reverse();
    Ok(prompts)
}

/// Writes down that a waiting prompt begins to be typed. `false` when it does not wait any more.
pub fn begin(db: &Connection, id: &str, transcript_from: u64) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE prompts SET transcript_from = ?2
             WHERE id = ?1 AND status = 'accepted' AND transcript_from IS NULL",
        )?
        .execute((id, bytes(transcript_from)))?;
    Ok(changed == 1)
}

/// Writes down how far a prompt has come; one that is over stays so.
pub fn advance(db: &Connection, id: &str, progress: &Progress) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE prompts SET status = ?2, reason = ?3, text = coalesce(?4, text), updated_at = ?5
         WHERE id = ?1 AND status IN ('accepted', 'typed', 'submitted')",
    )?
    .execute((
        id,
        name(progress.status),
        &progress.reason,
        &progress.text,
        progress.at.as_millis(),
    ))?;
    Ok(())
}

/// Changes the text of a prompt of which nothing was typed. `false` when it does not wait any more.
pub fn edit(db: &Connection, id: &str, text: &str, at: Timestamp) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE prompts SET text = ?2, updated_at = ?3
             WHERE id = ?1 AND status = 'accepted' AND transcript_from IS NULL",
        )?
        .execute((id, text, at.as_millis()))?;
    Ok(changed == 1)
}

/// Takes back a prompt of which nothing was typed. `false` when it does not wait any more.
pub fn cancel(db: &Connection, id: &str, at: Timestamp) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE prompts SET status = 'failed', reason = 'cancelled', updated_at = ?2
             WHERE id = ?1 AND status = 'accepted' AND transcript_from IS NULL",
        )?
        .execute((id, at.as_millis()))?;
    Ok(changed == 1)
}

const fn name(status: ReceiptStatus) -> &'static str {
    match status {
        ReceiptStatus::Accepted => "accepted",
        ReceiptStatus::Typed => "typed",
        ReceiptStatus::Submitted => "submitted",
        ReceiptStatus::TurnDone => "turn_done",
        ReceiptStatus::Failed => "failed",
    }
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn one(
    db: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Option<StoredPrompt>, StoreError> {
    db.prepare_cached(&format!("SELECT * FROM prompts WHERE {condition}"))?
        .query_row(values, |row| Ok(read(row)))
        .optional()?
        .transpose()
}

fn read(row: &Row<'_>) -> Result<StoredPrompt, StoreError> {
    Ok(StoredPrompt {
        prompt: SentPrompt {
            id: row.get("id")?,
            session_id: parsed(row, "session_id")?,
            key: row.get("key")?,
            text: row.get("text")?,
            is_command: row.get("is_command")?,
            sent_by: row.get("sent_by")?,
            status: named(row, "status")?,
            reason: row.get("reason")?,
            created_at: Timestamp::from_millis(row.get("created_at")?),
            updated_at: Timestamp::from_millis(row.get("updated_at")?),
        },
        transcript_from: row
            .get::<_, Option<i64>>("transcript_from")?
            .map(i64::unsigned_abs),
    })
}
