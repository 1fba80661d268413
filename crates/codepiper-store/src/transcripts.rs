//! The files in which agents write conversations down, and how far each was read.

use codepiper_model::{SessionId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::StoreError;
use crate::row::{named, parsed};

/// A file and how far it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Names it.
    pub id: i64,
    /// Where it is.
    pub path: String,
    /// Whose lines they are.
    pub provider: codepiper_model::ProviderId,
    /// The session that it was followed for last.
    pub session_id: SessionId,
    /// The sub-agent whose transcript it is.
    pub agent_id: Option<String>,
    /// The first byte that was not read.
    pub offset: u64,
    /// The digest of its first bytes when it was read last.
    pub head: String,
    /// How many those were.
    pub head_bytes: u64,
    /// The digest of the last bytes before `offset`; empty where that is not known.
    pub tail: String,
    /// The file's number in its file system; 0 where that is not known.
    pub inode: u64,
    /// What the lines before mean for the next one.
    pub reader: String,
}

/// Why a last line is kept aside that has no end, and is read when it gets one.
pub const BREAKS_OFF: &str = "the file ends within it";

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The first byte of the line.
    pub offset: u64,
    /// How long it is.
    pub bytes: u64,
    /// When that was seen.
    pub seen_at: Timestamp,
    /// Why not.
    pub reason: String,
    /// Its first bytes.
    pub begins: Vec<u8>,
}

/// A line that could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedProblem {
    /// The file.
    pub path: String,
    /// The session that it was followed for last.
    pub session_id: SessionId,
    /// The line.
    pub problem: Problem,
}

/// The file at that place, from now on part of that session's conversation. With `takes_over` what
/// comes is that session's from now on, also where the file was followed for another one before.
pub fn claim(
    db: &Connection,
    path: &str,
    provider: codepiper_model::ProviderId,
    session_id: SessionId,
    agent_id: Option<&str>,
    takes_over: bool,
) -> Result<Transcript, StoreError> {
    db.prepare_cached(
        "INSERT INTO transcripts (path, provider, session_id, agent_id) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (path) DO UPDATE SET session_id = excluded.session_id WHERE ?5",
    )?
    .execute((
        path,
        provider.as_str(),
        session_id.to_string(),
        agent_id,
        takes_over,
    ))?;
    let transcript = of_path(db, path)?.ok_or(StoreError::Closed)?;
    link(db, session_id, transcript.id, None)?;
    Ok(transcript)
}

/// Makes a transcript part of a session's conversation, whole or up to a byte.
pub fn link(
    db: &Connection,
    session_id: SessionId,
    transcript: i64,
    until: Option<u64>,
) -> Result<(), StoreError> {
    let until = until.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    db.prepare_cached(
        "INSERT INTO session_transcripts (session_id, transcript_id, until) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET until = excluded.until
             WHERE excluded.until IS NULL OR until < excluded.until",
    )?
    .execute((session_id.to_string(), transcript, until))?;
    Ok(())
}

/// Makes what came before part of a session's conversation, which left another one at that byte:
/// the other's transcript, whose name ends with `conversation`, and what came before that.
pub fn link_base(
    db: &Connection,
    session_id: SessionId,
    conversation: &str,
    until: u64,
) -> Result<(), StoreError> {
    let base = db
        .prepare_cached(
            "SELECT id FROM transcripts WHERE substr(path, -length(?1)) = ?1 ORDER BY id LIMIT 1",
        )?
        .query_row([format!("{conversation}.jsonl")], |row| {
            row.get::<_, i64>(0)
        })
        .optional()?;
    let Some(base) = base else { return Ok(()) };
    db.prepare_cached(
        "INSERT INTO session_transcripts (session_id, transcript_id, until)
         SELECT ?1, transcript_id, until FROM session_transcripts
         WHERE session_id = (SELECT session_id FROM transcripts WHERE id = ?2)
             AND until IS NOT NULL
         ON CONFLICT DO NOTHING",
    )?
    .execute((session_id.to_string(), base))?;
    link(db, session_id, base, Some(until))
}

/// The file at that place.
pub fn of_path(db: &Connection, path: &str) -> Result<Option<Transcript>, StoreError> {
    db.prepare_cached("SELECT * FROM transcripts WHERE path = ?1")?
        .query_row([path], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Every file that was ever followed.
pub fn all(db: &Connection) -> Result<Vec<Transcript>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM transcripts ORDER BY id")?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

/// Writes down how far a file was read. `false` where somebody else has read on meanwhile.
pub fn advance(db: &Connection, from: u64, now: &Transcript) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE transcripts SET offset = ?4, head = ?5, head_bytes = ?6, tail = ?7, inode = ?8,
                 reader = ?9
             WHERE id = ?1 AND path = ?2 AND offset = ?3",
        )?
        .execute((
            now.id,
            &now.path,
            bytes(from),
            bytes(now.offset),
            &now.head,
            bytes(now.head_bytes),
            &now.tail,
            now.inode.cast_signed(),
            &now.reader,
        ))?;
    Ok(changed == 1)
}

/// Keeps a line aside that could not be read.
pub fn set_aside(db: &Connection, transcript: i64, problem: &Problem) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO transcript_problems (transcript_id, offset, bytes, seen_at, reason, begins)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    )?
    .execute((
        transcript,
        bytes(problem.offset),
        bytes(problem.bytes),
        problem.seen_at.as_millis(),
        &problem.reason,
        &problem.begins,
    ))?;
    Ok(())
}

/// Forgets that the line at that byte breaks off, unless it still does after so many bytes.
pub fn forget_break(
    db: &Connection,
    transcript: i64,
    offset: u64,
    still: Option<u64>,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "DELETE FROM transcript_problems
         WHERE transcript_id = ?1 AND offset = ?2 AND reason = ?3 AND bytes IS NOT ?4",
    )?
    .execute((transcript, bytes(offset), BREAKS_OFF, still.map(bytes)))?;
    Ok(())
}

/// The newest lines that could not be read, and how many there are.
pub fn problems(
    db: &Connection,
    session_id: Option<SessionId>,
    limit: usize,
) -> Result<(Vec<PlacedProblem>, u64), StoreError> {
    const OF: &str = "FROM transcript_problems p JOIN transcripts t ON t.id = p.transcript_id
         WHERE ?1 IS NULL OR t.session_id = ?1";
    let session = session_id.map(|id| id.to_string());
    let count: i64 = db
        .prepare_cached(&format!("SELECT count(*) {OF}"))?
        .query_row([&session], |row| row.get(0))?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT p.*, t.path, t.session_id {OF} ORDER BY p.id DESC LIMIT ?2"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_and_then((&session, limit), |row| {
        Ok::<_, StoreError>(PlacedProblem {
            path: row.get("path")?,
            session_id: parsed(row, "session_id")?,
            problem: Problem {
                offset: unsigned(row, "offset")?,
                bytes: unsigned(row, "bytes")?,
                seen_at: Timestamp::from_millis(row.get("seen_at")?),
                reason: row.get("reason")?,
                begins: row.get("begins")?,
            },
        })
    })?;
    let found = rows.collect::<Result<_, _>>()?;
    Ok((found, u64::try_from(count).unwrap_or(0)))
}

/// Forgets what is part of no session's conversation any more, now that this session is gone: of a
/// transcript that another one left at some byte, what stands behind that. Returns how many
/// entries those were.
pub fn forget(db: &Connection, gone: SessionId) -> Result<u64, StoreError> {
    let count = |db: &Connection| -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM conversation WHERE transcript_id IN
                       (SELECT id FROM transcripts WHERE session_id = ?1)";
        Ok(db
            .prepare_cached(sql)?
            .query_row([gone.to_string()], |row| row.get(0))?)
    };
    let before = count(db)?;
    db.execute(
        "DELETE FROM transcripts WHERE id NOT IN (SELECT transcript_id FROM session_transcripts)",
        [],
    )?;
    db.prepare_cached(
        "DELETE FROM conversation WHERE transcript_id IN
             (SELECT id FROM transcripts WHERE session_id = ?1)
         AND NOT EXISTS (SELECT 1 FROM session_transcripts l
             WHERE l.transcript_id = conversation.transcript_id
                 AND (l.until IS NULL OR conversation.offset < l.until))",
    )?
    .execute([gone.to_string()])?;
    let forgotten = before - count(db)?;
    db.prepare_cached(
        "UPDATE transcripts SET session_id = (SELECT l.session_id FROM session_transcripts l
             WHERE l.transcript_id = id ORDER BY l.until IS NOT NULL, l.session_id LIMIT 1)
         WHERE session_id = ?1",
    )?
    .execute([gone.to_string()])?;
    Ok(u64::try_from(forgotten).unwrap_or(0))
}

fn read(row: &Row<'_>) -> Result<Transcript, StoreError> {
    Ok(Transcript {
        id: row.get("id")?,
        path: row.get("path")?,
        provider: named(row, "provider")?,
        session_id: parsed(row, "session_id")?,
        agent_id: row.get("agent_id")?,
        offset: unsigned(row, "offset")?,
        head: row.get("head")?,
        head_bytes: unsigned(row, "head_bytes")?,
        tail: row.get("tail")?,
        inode: row.get::<_, i64>("inode")?.cast_unsigned(),
        reader: row.get("reader")?,
    })
}

pub(crate) fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(row: &Row<'_>, column: &'static str) -> Result<u64, StoreError> {
    let count: i64 = row.get(column)?;
    Ok(u64::try_from(count).unwrap_or(0))
}
