//! What came after a decision, and what else has to be accounted for: a chain of hashes.

mod search;

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use crate::StoreError;

pub use search::{EntryQuery, StoredEntry, search};

/// An entry that is about to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: String,
    /// The decision that it is about.
    pub decision_id: Option<String>,
    /// What the hash covers.
    pub sealed: String,
    /// The hash of the entry before it.
    pub prev_hash: String,
    /// Its hash.
    pub hash: String,
}

/// The place and the hash of the newest row.
pub fn last(db: &Connection) -> Result<Option<(i64, String)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    Ok(statement
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// The hash of the newest row; empty before the first.
pub fn last_hash(db: &Connection) -> Result<String, StoreError> {
    Ok(last(db)?.map(|(_, hash)| hash).unwrap_or_default())
}

/// Adds an entry at the end of the chain.
pub fn append(db: &Connection, entry: &NewEntry) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO audit (ts, kind, decision_id, sealed, prev_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        entry.at.as_millis(),
        &entry.kind,
        &entry.decision_id,
        &entry.sealed,
        &entry.prev_hash,
        &entry.hash,
    ))?;
    Ok(())
}
