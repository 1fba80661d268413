//! Everything that happened.

use codepiper_model::{Event, EventSource, NewEvent, Seq, SessionId, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

use crate::StoreError;
use crate::row::{json, named, parsed};

/// Which events to read.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// Of this session only.
    pub session_id: Option<SessionId>,
    /// Later than this one.
    pub since: Option<Seq>,
    /// Earlier than this one.
    pub before: Option<Seq>,
    /// From this source only.
    pub source: Option<EventSource>,
    /// Of this type only.
    pub kind: Option<String>,
    /// At most so many.
    pub limit: usize,
    /// Newest first.
    pub descending: bool,
}

/// An event as it is written. Making the texts takes longer than storing them, and all events wait
/// for the one thread that stores.
#[derive(Clone, Debug)]
pub struct Prepared {
    session_id: String,
    timestamp: Timestamp,
    source: EventSource,
    kind: String,
    payload: String,
}

impl Prepared {
    /// Makes the texts of an event.
    pub fn new(event: &NewEvent) -> Result<Self, StoreError> {
        Ok(Self {
            session_id: event.session_id.to_string(),
            timestamp: event.timestamp,
            source: event.source,
            kind: event.kind.clone(),
            payload: serde_json::to_string(&event.payload)?,
        })
    }
}

/// Adds an event and returns its place.
pub fn append(db: &Connection, event: &NewEvent) -> Result<Seq, StoreError> {
    insert(db, &Prepared::new(event)?, None, None)?;
    Ok(db.last_insert_rowid())
}

/// Adds an event; `false` when a hook has reported one under that name before.
pub(crate) fn insert(
    db: &Connection,
    event: &Prepared,
    delivery_id: Option<&str>,
    answer: Option<&str>,
) -> Result<bool, StoreError> {
    let added = db
        .prepare_cached(
            "INSERT INTO events (session_id, ts, source, type, payload, delivery_id, answer)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (delivery_id)
                 WHERE delivery_id IS NOT NULL DO NOTHING",
        )?
        .execute((
            &event.session_id,
            event.timestamp.as_millis(),
            event.source.as_str(),
            &event.kind,
            &event.payload,
            delivery_id,
            answer,
        ))?;
    Ok(added == 1)
}

/// One event.
pub fn get(db: &Connection, id: Seq) -> Result<Option<Event>, StoreError> {
    db.prepare_cached("SELECT * FROM events WHERE id = ?1")?
        .query_row([id], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Reads events, and whether there are more.
pub fn query(db: &Connection, query: &EventQuery) -> Result<(Vec<Event>, bool), StoreError> {
    let mut sql = String::from("SELECT * FROM events WHERE TRUE");
    let mut values: Vec<Value> = Vec::new();
    let mut filter = |condition: &str, value: Option<Value>| {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(value);
        }
    };
    filter(
        " AND session_id = ?",
        query.session_id.map(|id| id.to_string().into()),
    );
    filter(" AND id > ?", query.since.map(Value::from));
    filter(" AND id < ?", query.before.map(Value::from));
    filter(
        " AND source = ?",
        query.source.map(|s| s.as_str().to_owned().into()),
    );
    filter(" AND type = ?", query.kind.clone().map(Value::from));
    sql.push_str(if query.descending {
        " ORDER BY id DESC"
    } else {
        " ORDER BY id"
    });
    sql.push_str(" LIMIT ?");
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX - 1);
    values.push((limit + 1).into());

    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(values), read)?;
    let mut events = rows.collect::<Result<Vec<_>, StoreError>>()?;
    let has_more = events.len() > query.limit;
    events.truncate(query.limit);
    Ok((events, has_more))
}

/// The sessions of the events after that one, each once.
pub fn sessions_since(db: &Connection, since: Seq) -> Result<Vec<SessionId>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT DISTINCT session_id FROM events WHERE id > ?1")?;
    let rows = statement.query_and_then([since], |row| parsed(row, "session_id"))?;
    rows.collect()
}

/// How many events a session has.
pub fn count(db: &Connection, session_id: SessionId) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached("SELECT count(*) FROM events WHERE session_id = ?1")?;
    let count: i64 = statement.query_row([session_id.to_string()], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The place of the newest event.
pub fn last(db: &Connection) -> Result<Seq, StoreError> {
    Ok(
        db.query_row("SELECT coalesce(max(id), 0) FROM events", [], |row| {
            row.get(0)
        })?,
    )
}

/// Keeps only the latest `keep` events of one kind of one session.
pub fn keep_latest(
    db: &Connection,
    session_id: SessionId,
    source: EventSource,
    kind: &str,
    keep: usize,
) -> Result<(), StoreError> {
    let keep = i64::try_from(keep).unwrap_or(i64::MAX);
    db.prepare_cached(
        "DELETE FROM events WHERE session_id = ?1 AND source = ?2 AND type = ?3 AND id NOT IN
             (SELECT id FROM events WHERE session_id = ?1 AND source = ?2 AND type = ?3
              ORDER BY id DESC LIMIT ?4)",
    )?
    .execute((session_id.to_string(), source.as_str(), kind, keep))?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Event, StoreError> {
    Ok(Event {
        id: row.get("id")?,
        session_id: parsed(row, "session_id")?,
        timestamp: Timestamp::from_millis(row.get("ts")?),
        source: named(row, "source")?,
        kind: row.get("type")?,
        payload: json(row, "payload")?,
    })
}
