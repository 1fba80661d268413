//! The sessions.

use std::path::PathBuf;

use codepiper_model::{
    Channel, Exit, ProviderId, Session, SessionId, Status, StatusLine, Timestamp, Verdict,
};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::StoreError;
use crate::row::{json, named, parsed};

/// A session and where its tmux server listens.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The session as it was last written; what it is doing is not stored.
    pub session: Session,
    /// The socket of its tmux server.
    pub socket: PathBuf,
    /// The hash of the credential that its hooks show; sessions of early versions have none.
    pub secret_hash: Option<String>,
}

/// Adds a session.
pub fn insert(db: &Connection, stored: &Stored) -> Result<(), StoreError> {
    let s = &stored.session;
    db.prepare_cached(
        "INSERT INTO sessions (id, provider, name, cwd, status, created_at, updated_at, pid,
             pty_cols, pty_rows, model, billing_mode, dangerous_mode, provider_session_id,
             transcript_path, socket, exit, scrubbed_env, metadata, secret_hash, fail_closed,
             default_policy_action, channel)
         VALUES (:id, :provider, :name, :cwd, :status, :created_at, :updated_at, :pid,
             :pty_cols, :pty_rows, :model, :billing_mode, :dangerous_mode, :provider_session_id,
             :transcript_path, :socket, :exit, :scrubbed_env, :metadata, :secret_hash,
             :fail_closed, :default_policy_action, :channel)",
    )?
    .execute(named_params! {
        ":id": s.id.to_string(),
        ":provider": s.provider.as_str(),
        ":name": s.name,
        ":cwd": s.cwd.to_string_lossy(),
        ":status": s.status.as_str(),
        ":created_at": s.created_at.as_millis(),
        ":updated_at": s.updated_at.as_millis(),
        ":pid": s.pid,
        ":pty_cols": s.pty_cols,
        ":pty_rows": s.pty_rows,
        ":model": s.model,
        ":billing_mode": s.billing_mode.as_str(),
        ":dangerous_mode": s.dangerous_mode,
        ":provider_session_id": s.provider_session_id,
        ":transcript_path": s.transcript_path.as_ref().map(|p| p.to_string_lossy()),
        ":socket": stored.socket.to_string_lossy(),
        ":exit": s.exit.as_ref().map(serde_json::to_string).transpose()?,
        ":scrubbed_env": serde_json::to_string(&s.scrubbed_env)?,
        ":metadata": serde_json::to_string(&s.metadata)?,
        ":secret_hash": stored.secret_hash,
        ":fail_closed": s.fail_closed,
        ":default_policy_action": s.default_policy_action.map(Verdict::as_str),
        ":channel": s.channel.as_str(),
    })?;
    Ok(())
}

/// Every session, newest first, whatever the clock did meanwhile.
pub fn all(db: &Connection) -> Result<Vec<Stored>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM sessions ORDER BY rowid DESC")?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

/// The sessions that have, or should have, an agent.
pub fn live(db: &Connection) -> Result<Vec<Stored>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM sessions WHERE status IN ('STARTING', 'RUNNING') ORDER BY rowid",
    )?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

/// The sessions that have, or should have, an agent, and those whose agents crashed since
/// `since`; in the order in which they were made.
pub fn lost_since(db: &Connection, since: Option<Timestamp>) -> Result<Vec<SessionId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM sessions
         WHERE status IN ('STARTING', 'RUNNING')
             OR status = 'CRASHED' AND updated_at >= ?1
                 AND json_extract(exit, '$.reason') IN ('exited', 'tmux_lost')
         ORDER BY rowid",
    )?;
    let rows =
        statement.query_and_then([since.map(Timestamp::as_millis)], |row| parsed(row, "id"))?;
    rows.collect()
}

/// Where sessions worked, and when the latest one there was made; the latest first.
pub fn directories(db: &Connection, limit: u32) -> Result<Vec<(PathBuf, Timestamp)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT cwd, created_at, MAX(rowid) FROM sessions GROUP BY cwd ORDER BY 3 DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| {
        let path = PathBuf::from(row.get::<_, String>(0)?);
        Ok((path, Timestamp::from_millis(row.get(1)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One session.
pub fn get(db: &Connection, id: SessionId) -> Result<Option<Stored>, StoreError> {
    db.prepare_cached("SELECT * FROM sessions WHERE id = ?1")?
        .query_row([id.to_string()], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Writes down that the agent runs.
pub fn set_running(
    db: &Connection,
    id: SessionId,
    pid: Option<i32>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET status = 'RUNNING', pid = ?2, updated_at = ?3
             WHERE id = ?1 AND status IN ('STARTING', 'RUNNING')",
        )?
        .execute((id.to_string(), pid, at.as_millis()))?;
    one(changed)
}

/// What changes when the agent of an ended session is started again.
#[derive(Clone, Debug)]
pub struct Again {
    /// The hash of the new credential of its hooks.
    pub secret_hash: Option<String>,
    /// Variables that its billing mode keeps away from it.
    pub scrubbed_env: Vec<String>,
    /// How its agent is heard and answered this time.
    pub channel: Channel,
    /// When.
    pub at: Timestamp,
}

/// Writes down that an ended session starts again. `false` when it has not ended.
pub fn set_starting_again(
    db: &Connection,
    id: SessionId,
    again: &Again,
) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET status = 'STARTING', exit = NULL, pid = NULL, secret_hash = ?2,
                 scrubbed_env = ?3, updated_at = ?4, channel = ?5
             WHERE id = ?1 AND status IN ('STOPPED', 'CRASHED')",
        )?
        .execute((
            id.to_string(),
            &again.secret_hash,
            serde_json::to_string(&again.scrubbed_env)?,
            again.at.as_millis(),
            again.channel.as_str(),
        ))?;
    Ok(changed == 1)
}

/// The sessions that have this conversation of their agent's own, latest first.
pub fn of_conversation(
    db: &Connection,
    provider: ProviderId,
    conversation: &str,
) -> Result<Vec<Stored>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM sessions WHERE provider = ?1 AND provider_session_id = ?2
         ORDER BY rowid DESC",
    )?;
    let rows = statement.query_and_then((provider.as_str(), conversation), read)?;
    rows.collect()
}

/// Writes down how a live session ended. `false` when it had ended already.
pub fn set_exit(db: &Connection, id: SessionId, exit: &Exit) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET status = ?2, exit = ?3, updated_at = ?4
             WHERE id = ?1 AND status IN ('STARTING', 'RUNNING')",
        )?
        .execute((
            id.to_string(),
            Status::after(exit).as_str(),
            serde_json::to_string(exit)?,
            exit.at.as_millis(),
        ))?;
    Ok(changed == 1)
}

/// Removes a session that has ended, with its events, its approvals and the policies that are for it
/// alone. `false` when there is none, or it lives.
pub fn delete_ended(db: &Connection, id: SessionId) -> Result<bool, StoreError> {
    let deleted = db
        .prepare_cached("DELETE FROM sessions WHERE id = ?1 AND status IN ('STOPPED', 'CRASHED')")?
        .execute([id.to_string()])?;
    Ok(deleted == 1)
}

/// Where the agents of all sessions write their conversations down.
pub fn transcripts(db: &Connection) -> Result<Vec<PathBuf>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT transcript_path FROM sessions WHERE transcript_path IS NOT NULL",
    )?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows
        .map(|path| path.map(PathBuf::from))
        .collect::<Result<_, _>>()?)
}

/// Writes down which conversation of its own the agent has now, and where.
pub fn set_conversation(
    db: &Connection,
    id: SessionId,
    provider_session_id: &str,
    transcript_path: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET provider_session_id = ?2, transcript_path = ?3, updated_at = ?4
             WHERE id = ?1",
        )?
        .execute((
            id.to_string(),
            provider_session_id,
            transcript_path,
            at.as_millis(),
        ))?;
    one(changed)
}

/// Gives a session a name, or takes it away.
pub fn set_name(
    db: &Connection,
    id: SessionId,
    name: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = db
        .prepare_cached("UPDATE sessions SET name = ?2, updated_at = ?3 WHERE id = ?1")?
        .execute((id.to_string(), name, at.as_millis()))?;
    one(changed)
}

/// Writes down which model the agent was given.
pub fn set_model(
    db: &Connection,
    id: SessionId,
    model: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = db
        .prepare_cached("UPDATE sessions SET model = ?2, updated_at = ?3 WHERE id = ?1")?
        .execute((id.to_string(), model, at.as_millis()))?;
    one(changed)
}

/// Writes down what the agent told of its context, its cost and its limits.
pub fn set_status_line(
    db: &Connection,
    id: SessionId,
    status_line: &StatusLine,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = db
        .prepare_cached("UPDATE sessions SET status_line = ?2, updated_at = ?3 WHERE id = ?1")?
        .execute((
            id.to_string(),
            serde_json::to_string(status_line)?,
            at.as_millis(),
        ))?;
    one(changed)
}

/// Writes down what becomes of a request of this session that no rule matches; `None`: what the
/// daemon's setting says. `false` when there is no such session.
pub fn set_default_action(
    db: &Connection,
    id: SessionId,
    action: Option<Verdict>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET default_policy_action = ?2, updated_at = ?3 WHERE id = ?1",
        )?
        .execute((id.to_string(), action.map(Verdict::as_str), at.as_millis()))?;
    Ok(changed == 1)
}

/// The sessions that have a default action of their own.
pub fn default_actions(db: &Connection) -> Result<Vec<(SessionId, Verdict)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, default_policy_action FROM sessions WHERE default_policy_action IS NOT NULL",
    )?;
    let rows = statement.query_and_then([], |row| {
        Ok((parsed(row, "id")?, named(row, "default_policy_action")?))
    })?;
    rows.collect()
}

/// Writes down the size of a session's terminal.
pub fn set_size(
    db: &Connection,
    id: SessionId,
    (cols, rows): (u16, u16),
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET pty_cols = ?2, pty_rows = ?3, updated_at = ?4 WHERE id = ?1",
        )?
        .execute((id.to_string(), cols, rows, at.as_millis()))?;
    one(changed)
}

fn one(changed: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}

fn read(row: &Row<'_>) -> Result<Stored, StoreError> {
    let exit = match row.get_ref("exit")? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(json(row, "exit")?),
    };
    let status_line = match row.get_ref("status_line")? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(json(row, "status_line")?),
    };
    let session = Session {
        id: parsed(row, "id")?,
        provider: named(row, "provider")?,
        name: row.get("name")?,
        cwd: PathBuf::from(row.get::<_, String>("cwd")?),
        branch: None,
        status: named(row, "status")?,
        activity: None,
        status_line,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
        pid: row.get("pid")?,
        pty_cols: row.get("pty_cols")?,
        pty_rows: row.get("pty_rows")?,
        model: row.get("model")?,
        billing_mode: named(row, "billing_mode")?,
        channel: named(row, "channel")?,
        dangerous_mode: row.get("dangerous_mode")?,
        fail_closed: row.get("fail_closed")?,
        default_policy_action: match row.get_ref("default_policy_action")? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(named(row, "default_policy_action")?),
        },
        provider_session_id: row.get("provider_session_id")?,
        transcript_path: row
            .get::<_, Option<String>>("transcript_path")?
            .map(PathBuf::from),
        attach: None,
        exit,
        scrubbed_env: json(row, "scrubbed_env")?,
        metadata: json(row, "metadata")?,
    };
    Ok(Stored {
        session,
        socket: PathBuf::from(row.get::<_, String>("socket")?),
        secret_hash: row.get("secret_hash")?,
    })
}
