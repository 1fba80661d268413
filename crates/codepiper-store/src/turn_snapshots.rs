//! The turns of agents, and the trees that their repositories held before and after.

use std::path::PathBuf;

use codepiper_model::{SessionId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::StoreError;
use crate::row::parsed;

/// What is still to be noted of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// What was there before it.
    Before,
    /// What is there after it.
    After,
    /// It is over, and what was before it was not noted either.
    Both,
}

/// How much differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Files.
    pub files: u64,
    /// Lines that came.
    pub added: u64,
    /// Lines that went.
    pub removed: u64,
}

/// A turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTurn {
    /// Which one of its session, counted from 1.
    pub turn: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; none: it goes on.
    pub ended_at: Option<Timestamp>,
    /// What is still to be noted.
    pub wants: Option<Wants>,
    /// The tree before it.
    pub before: Option<String>,
    /// The tree after it.
    pub after: Option<String>,
    /// How much differs between them.
    pub extent: Extent,
    /// What is not right with it.
    pub problem: Option<String>,
}

/// Begins a turn, unless one goes on, or the session is gone.
pub fn begin(db: &Connection, session: SessionId, at: Timestamp) -> Result<bool, StoreError> {
    let made = db
        .prepare_cached(
            "INSERT INTO turn_snapshots (session_id, turn, started_at, wants)
             SELECT id, 1 + (SELECT coalesce(max(turn), 0) FROM turn_snapshots WHERE session_id = ?1),
                 ?2, 'before'
             FROM sessions WHERE id = ?1 AND NOT EXISTS
                 (SELECT 1 FROM turn_snapshots WHERE session_id = ?1 AND ended_at IS NULL)",
        )?
        .execute((session.to_string(), at.as_millis()))?;
    Ok(made == 1)
}

/// Ends the turn that goes on, if one does.
pub fn end(db: &Connection, session: SessionId, at: Timestamp) -> Result<bool, StoreError> {
    let ended = db
        .prepare_cached(
            "UPDATE turn_snapshots SET ended_at = ?2, wants = CASE
                 WHEN wants = 'before' THEN 'both' WHEN before IS NOT NULL THEN 'after' END
             WHERE session_id = ?1 AND ended_at IS NULL",
        )?
        .execute((session.to_string(), at.as_millis()))?;
    Ok(ended > 0)
}

/// The sessions of which something is to be noted.
pub fn wanting(db: &Connection) -> Result<Vec<SessionId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT t.session_id FROM turn_snapshots t JOIN sessions s ON s.id = t.session_id
         WHERE t.wants IS NOT NULL",
    )?;
    let rows = statement.query_and_then([], |row| parsed(row, "session_id"))?;
    rows.collect()
}

/// The turns of a session, newest first.
pub fn all(db: &Connection, session: SessionId) -> Result<Vec<StoredTurn>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM turn_snapshots WHERE session_id = ?1 ORDER BY turn DESC")?;
    let rows = statement.query_and_then([session.to_string()], read)?;
    rows.collect()
}

/// One turn.
pub fn get(
    db: &Connection,
    session: SessionId,
    turn: u32,
) -> Result<Option<StoredTurn>, StoreError> {
    db.prepare_cached("SELECT * FROM turn_snapshots WHERE session_id = ?1 AND turn = ?2")?
        .query_row((session.to_string(), turn), |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Notes what was there before a turn, and where that is kept.
pub fn set_before(
    db: &Connection,
    session: SessionId,
    turn: u32,
    (git_dir, tree): (&str, &str),
    problem: Option<&str>,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE turn_snapshots SET git_dir = ?3, before = ?4, problem = ?5,
             wants = CASE wants WHEN 'both' THEN 'after' END
         WHERE session_id = ?1 AND turn = ?2",
    )?
    .execute((session.to_string(), turn, git_dir, tree, problem))?;
    Ok(())
}

/// Notes what is there after a turn, and how much differs.
pub fn set_after(
    db: &Connection,
    session: SessionId,
    turn: u32,
    tree: &str,
    extent: Extent,
    problem: Option<&str>,
) -> Result<(), StoreError> {
    let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
    db.prepare_cached(
        "UPDATE turn_snapshots SET after = ?3, files = ?4, added = ?5, removed = ?6, problem = ?7,
             wants = NULL
         WHERE session_id = ?1 AND turn = ?2",
    )?
    .execute((
        session.to_string(),
        turn,
        tree,
        count(extent.files),
        count(extent.added),
        count(extent.removed),
        problem,
    ))?;
    Ok(())
}

/// Notes why nothing more is noted of a turn.
pub fn give_up(
    db: &Connection,
    session: SessionId,
    turn: u32,
    problem: &str,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE turn_snapshots SET before = NULL, problem = ?3, wants = NULL
         WHERE session_id = ?1 AND turn = ?2",
    )?
    .execute((session.to_string(), turn, problem))?;
    Ok(())
}

/// Forgets one turn.
pub fn delete(db: &Connection, session: SessionId, turn: u32) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM turn_snapshots WHERE session_id = ?1 AND turn = ?2")?
        .execute((session.to_string(), turn))?;
    Ok(())
}

/// The sessions that are gone while turns of them are here.
pub fn of_gone(db: &Connection) -> Result<Vec<SessionId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT session_id FROM turn_snapshots
         WHERE session_id NOT IN (SELECT id FROM sessions)",
    )?;
    let rows = statement.query_and_then([], |row| parsed(row, "session_id"))?;
    rows.collect()
}

/// The repositories that keep something of a session's turns.
pub fn git_dirs(db: &Connection, session: SessionId) -> Result<Vec<PathBuf>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT git_dir FROM turn_snapshots
         WHERE session_id = ?1 AND git_dir IS NOT NULL",
    )?;
    let rows = statement.query_map([session.to_string()], |row| row.get::<_, String>(0))?;
    Ok(rows
        .map(|row| row.map(PathBuf::from))
        .collect::<Result<_, _>>()?)
}

/// Forgets every turn of a session.
pub fn delete_of(db: &Connection, session: SessionId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM turn_snapshots WHERE session_id = ?1")?
        .execute([session.to_string()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<StoredTurn, StoreError> {
    let count = |name| {
        let count: i64 = row.get(name)?;
        Ok::<_, StoreError>(u64::try_from(count).unwrap_or(0))
    };
    let wants: Option<String> = row.get("wants")?;
    Ok(StoredTurn {
        turn: row.get("turn")?,
        started_at: Timestamp::from_millis(row.get("started_at")?),
        ended_at: row
            .get::<_, Option<i64>>("ended_at")?
            .map(Timestamp::from_millis),
        wants: match wants.as_deref() {
            Some("before") => Some(Wants::Before),
            Some("after") => Some(Wants::After),
            Some(_) => Some(Wants::Both),
            None => None,
        },
        before: row.get("before")?,
        after: row.get("after")?,
        extent: Extent {
            files: count("files")?,
            added: count("added")?,
            removed: count("removed")?,
        },
        problem: row.get("problem")?,
    })
}
