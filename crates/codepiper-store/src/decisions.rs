//! What was decided on tool calls: rows in a chain of hashes, each with what became of it.

mod search;

use codepiper_model::{Decision, DecisionKind, Seq, SessionId};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::StoreError;
use crate::row::json;

pub use search::{DecisionQuery, search};

/// A decision, and what finds it again when the agent goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDecision {
    /// The decision as it stands now.
    pub decision: Decision,
    /// Names the request.
    pub request_hash: String,
    /// The agent's own name of the tool call.
    pub tool_use_id: Option<String>,
    /// What the hash covers.
    pub sealed: String,
}

/// The place and the hash of the newest row.
pub fn last(db: &Connection) -> Result<Option<(i64, String)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT seq, hash FROM decisions ORDER BY seq DESC LIMIT 1")?;
    Ok(statement
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// The hash of the newest row; empty before the first.
pub fn last_hash(db: &Connection) -> Result<String, StoreError> {
    Ok(last(db)?.map(|(_, hash)| hash).unwrap_or_default())
}

/// Adds a decision at the end of the chain.
pub fn append(db: &Connection, stored: &StoredDecision) -> Result<(), StoreError> {
    let decision = &stored.decision;
    db.prepare_cached(
        "INSERT INTO decisions (id, session_id, request_hash, tool_use_id, agent_id, ts, sealed,
             prev_hash, hash, decision, outcome, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute((
        &decision.id,
        decision.session_id.to_string(),
        &stored.request_hash,
        &stored.tool_use_id,
        &decision.agent_id,
        decision.timestamp.as_millis(),
        &stored.sealed,
        &decision.prev_hash,
        &decision.hash,
        decision.decision.as_str(),
        decision.outcome.as_str(),
        serde_json::to_string(decision)?,
    ))?;
    Ok(())
}

/// Writes down how a decision stands now; what its hash covers stays.
pub fn update(
    db: &Connection,
    decision: &Decision,
    tool_use_id: Option<&str>,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE decisions SET decision = ?2, outcome = ?3, body = ?4,
             tool_use_id = coalesce(tool_use_id, ?5),
             open = open AND ?3 IN ('unknown', 'answered')
         WHERE id = ?1",
    )?
    .execute((
        &decision.id,
        decision.decision.as_str(),
        decision.outcome.as_str(),
        serde_json::to_string(decision)?,
        tool_use_id,
    ))?;
    Ok(())
}

/// One decision.
pub fn get(db: &Connection, id: &str) -> Result<Option<StoredDecision>, StoreError> {
    one(db, "SELECT * FROM decisions WHERE id = ?1", [id])
}

/// The decision that was asked for with this event.
pub fn of_event(
    db: &Connection,
    session_id: SessionId,
    event_id: Seq,
) -> Result<Option<StoredDecision>, StoreError> {
    one(
        db,
        "SELECT * FROM decisions
         WHERE session_id = ?1 AND json_extract(body, '$.eventId') = ?2
         ORDER BY seq DESC LIMIT 1",
        (session_id.to_string(), event_id),
    )
}

/// The decision on this tool call, by the agent's own name for it.
pub fn of_tool_use(
    db: &Connection,
    session_id: SessionId,
    tool_use_id: &str,
) -> Result<Option<StoredDecision>, StoreError> {
    one(
        db,
        "SELECT * FROM decisions WHERE tool_use_id = ?2 AND session_id = ?1
         ORDER BY seq DESC LIMIT 1",
        (session_id.to_string(), tool_use_id),
    )
}

/// The oldest decision on such a request in the present turn that nobody has been asked about: of
/// two calls that are alike, the one that came first asks first.
pub fn open_of_request(
    db: &Connection,
    session_id: SessionId,
    agent_id: Option<&str>,
    request_hash: &str,
) -> Result<Option<StoredDecision>, StoreError> {
    one(
        db,
        "SELECT * FROM decisions
         WHERE session_id = ?1 AND agent_id IS ?2 AND request_hash = ?3 AND open
             AND NOT EXISTS (SELECT 1 FROM approvals WHERE decision_id = decisions.id)
         ORDER BY seq LIMIT 1",
        (session_id.to_string(), agent_id, request_hash),
    )
}

/// The decisions of one kind of which nothing has come yet.
pub fn open_of_agent(
    db: &Connection,
    session_id: SessionId,
    agent_id: Option<&str>,
    kind: DecisionKind,
) -> Result<Vec<StoredDecision>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM decisions
         WHERE session_id = ?1 AND agent_id IS ?2 AND decision = ?3 AND open
         ORDER BY seq",
    )?;
    let values = (session_id.to_string(), agent_id, kind.as_str());
    let rows = statement.query_and_then(values, read)?;
    rows.collect()
}

/// Nothing comes any more of the decisions of a turn that is over.
pub fn close_turn(
    db: &Connection,
    session_id: SessionId,
    agent_id: Option<&str>,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE decisions SET open = 0 WHERE session_id = ?1 AND agent_id IS ?2 AND open",
    )?
    .execute((session_id.to_string(), agent_id))?;
    Ok(())
}

/// The place of a decision.
pub fn place(db: &Connection, id: &str) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT seq FROM decisions WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

fn one(
    db: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Option<StoredDecision>, StoreError> {
    db.prepare_cached(sql)?
        .query_row(values, |row| Ok(read(row)))
        .optional()?
        .transpose()
}

fn read(row: &Row<'_>) -> Result<StoredDecision, StoreError> {
    Ok(StoredDecision {
        decision: json(row, "body")?,
        request_hash: row.get("request_hash")?,
        tool_use_id: row.get("tool_use_id")?,
        sealed: row.get("sealed")?,
    })
}
