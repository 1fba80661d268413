use codepiper_model::{Entry, EntryKind, Timestamp};
use rusqlite::{Connection, Row};
use serde_json::Value;

use crate::StoreError;
use crate::stretch::{Places, Reach, Stretch};
use crate::text::Text;

/// Which entries to read: those that are everything that is given.
#[derive(Clone, Debug, Default)]
pub struct EntryQuery {
    /// Of this kind.
    pub kind: Option<EntryKind>,
    /// About this decision.
    pub decision_id: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// With this text in the kind or in the facts.
    pub text: Option<String>,
}

/// An entry, and what its hash covers.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntry {
    /// The entry.
    pub entry: Entry,
    /// What the hash covers.
    pub sealed: String,
}

/// A stretch of the entries.
pub fn search(
    db: &Connection,
    query: &EntryQuery,
    reach: Reach,
    limit: usize,
) -> Result<Stretch<StoredEntry>, StoreError> {
    let text = query.text.as_deref().map(Text::new).transpose()?;
    let sql = "SELECT * FROM audit WHERE seq = ?";
    places(query).read(db, sql, (reach, limit), |row| {
        let sealed = row.get_ref("sealed")?.as_str().unwrap_or_default();
        if text.as_ref().is_some_and(|text| !text.may_be_in(sealed)) {
            return Ok(None);
        }
        let stored = read(row)?;
        let is_wanted = text.as_ref().is_none_or(|text| is_in(text, &stored.entry));
        let size = 2 * stored.sealed.len();
        Ok(is_wanted.then_some((stored, size)))
    })
}

fn places(query: &EntryQuery) -> Places {
    let index = match query.decision_id {
        Some(_) => "audit_of_decision",
        None => "audit_facts",
    };
    let mut places = Places::of("audit", index);
    places.and("decision_id = ?", query.decision_id.clone());
    places.and("kind = ?", query.kind.map(|kind| kind.as_str().to_owned()));
    places.and("ts >= ?", query.since.map(Timestamp::as_millis));
    places.and("ts < ?", query.until.map(Timestamp::as_millis));
    places
}

fn is_in(text: &Text, entry: &Entry) -> bool {
    text.is_in(&entry.kind) || text.is_within(&entry.facts)
}

fn read(row: &Row<'_>) -> Result<StoredEntry, StoreError> {
    let sealed: String = row.get("sealed")?;
    let mut told: Value = serde_json::from_str(&sealed).unwrap_or_default();
    let entry = Entry {
        seq: row.get("seq")?,
        timestamp: Timestamp::from_millis(row.get("ts")?),
        kind: row.get("kind")?,
        decision_id: row.get("decision_id")?,
        facts: told.get_mut("facts").map(Value::take).unwrap_or_default(),
        hash: row.get("hash")?,
        prev_hash: row.get("prev_hash")?,
    };
    Ok(StoredEntry { entry, sealed })
}
