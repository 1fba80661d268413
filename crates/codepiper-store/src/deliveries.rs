//! What hooks reported: events with a name of their own, so that reporting one twice stores it
//! once and gives the first answer again.

use codepiper_model::{Seq, SessionId};
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::Value;

use crate::events::Prepared;
use crate::row::parsed;
use crate::{StoreError, events};

/// A report that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its event.
    pub event_id: Seq,
    /// The session that it was for.
    pub session_id: SessionId,
    /// What was answered; nothing as long as that is open.
    pub answer: Option<Value>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Appended {
    /// It is stored, with this event.
    New(Seq),
    /// It was here before.
    Before(Delivery),
}

/// The report of that name.
pub fn get(db: &Connection, delivery_id: &str) -> Result<Option<Delivery>, StoreError> {
    let found = db
        .prepare_cached("SELECT id, session_id, answer FROM events WHERE delivery_id = ?1")?
        .query_row([delivery_id], |row| {
            let answer: Option<String> = row.get("answer")?;
            Ok((row.get("id")?, parsed(row, "session_id"), answer))
        })
        .optional()?;
    let Some((event_id, session_id, answer)) = found else {
        return Ok(None);
    };
    Ok(Some(Delivery {
        event_id,
        session_id: session_id?,
        answer: answer
            .map(|answer| serde_json::from_str(&answer))
            .transpose()?,
    }))
}

/// Stores a report, unless one of that name is there already.
pub fn append(
    db: &Connection,
    event: &Prepared,
    delivery_id: &str,
    answer: Option<&str>,
) -> Result<Appended, StoreError> {
    if events::insert(db, event, Some(delivery_id), answer)? {
        return Ok(Appended::New(db.last_insert_rowid()));
    }
    let earlier = get(db, delivery_id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(Appended::Before(earlier))
}

/// Writes down what was answered.
pub fn set_answer(db: &Connection, event_id: Seq, answer: &Value) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE events SET answer = ?2 WHERE id = ?1")?
        .execute((event_id, serde_json::to_string(answer)?))?;
    Ok(())
}
