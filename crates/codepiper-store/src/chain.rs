//! Reading the two chains of the audit from their beginning, for whoever checks them.

use codepiper_model::Timestamp;
use rusqlite::{Connection, Row};

use crate::StoreError;

/// One link of a chain, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its place.
    pub seq: i64,
    /// What its hash covers.
    pub sealed: String,
    /// The hash of the one before it.
    pub prev_hash: String,
    /// Its hash.
    pub hash: String,
    /// The decision it is, or is about.
    pub decision_id: Option<String>,
    /// What is shown of a decision now; none for what came after one.
    pub shown: Option<String>,
    /// What the row is found by, under its name in what is shown or, without that, sealed.
    pub found_by: Vec<(&'static str, String)>,
    /// What else stands beside what is sealed, under its name there.
    pub repeats: Vec<(&'static str, Option<String>)>,
}

/// Which chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// The decisions.
    Decisions,
    /// What came after them.
    After,
}

/// The links behind `seq`, at most so many.
pub fn links(
    db: &Connection,
    chain: Chain,
    seq: i64,
    limit: usize,
) -> Result<Vec<Link>, StoreError> {
    let sql = match chain {
        Chain::Decisions => {
            "SELECT seq, sealed, prev_hash, hash, id AS decision_id, body AS shown, ts, session_id,
                 decision, outcome, request_hash, agent_id, tool_use_id
             FROM decisions WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        }
        Chain::After => {
            "SELECT seq, sealed, prev_hash, hash, decision_id, NULL AS shown, ts, kind
             FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        }
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_and_then((seq, limit), |row| read(row, chain))?;
    rows.collect()
}

/// What came after one decision, in order.
pub fn after_decision(db: &Connection, decision_id: &str) -> Result<Vec<String>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT sealed FROM audit WHERE decision_id = ?1 ORDER BY seq")?;
    let rows = statement.query_map([decision_id], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>, chain: Chain) -> Result<Link, StoreError> {
    let columns: &[(&'static str, &str)] = match chain {
        Chain::Decisions => &[
            ("sessionId", "session_id"),
            ("decision", "decision"),
            ("outcome", "outcome"),
        ],
        Chain::After => &[("kind", "kind")],
    };
    let at = Timestamp::from_millis(row.get("ts")?);
    let mut found_by = vec![("timestamp", at.to_string())];
    for (name, column) in columns {
        found_by.push((name, row.get(*column)?));
    }
    let repeats = match chain {
        Chain::Decisions => vec![
            ("requestHash", row.get("request_hash")?),
            ("agentId", row.get("agent_id")?),
            ("toolUseId", row.get("tool_use_id")?),
        ],
        Chain::After => Vec::new(),
    };
    Ok(Link {
        seq: row.get("seq")?,
        sealed: row.get("sealed")?,
        prev_hash: row.get("prev_hash")?,
        hash: row.get("hash")?,
        decision_id: row.get("decision_id")?,
        shown: row.get("shown")?,
        found_by,
        repeats,
    })
}

/// The places and hashes of the links behind `seq`, at most so many.
pub fn hashes(
    db: &Connection,
    chain: Chain,
    seq: i64,
    limit: usize,
) -> Result<Vec<(i64, String)>, StoreError> {
    let sql = match chain {
        Chain::Decisions => "SELECT seq, hash FROM decisions WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        Chain::After => "SELECT seq, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map((seq, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The highest place that a chain ever had; the database counts for itself.
pub fn highest_ever(db: &Connection, chain: Chain) -> Result<i64, StoreError> {
    let table = match chain {
        Chain::Decisions => "decisions",
        Chain::After => "audit",
    };
    let mut statement =
        db.prepare_cached("SELECT max(seq) FROM sqlite_sequence WHERE name = ?1")?;
    Ok(statement
        .query_row([table], |row| row.get::<_, Option<i64>>(0))?
        .unwrap_or(0))
}

/// What came after decisions that are not there: the place, and the decision.
pub fn orphans(db: &Connection, limit: usize) -> Result<Vec<(i64, String)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT seq, decision_id FROM audit WHERE decision_id IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM decisions WHERE id = decision_id)
         ORDER BY seq LIMIT ?1",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
