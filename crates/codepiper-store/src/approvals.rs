//! The requests that wait, or waited, for a person.

use codepiper_model::{Approval, ApprovalId, ApprovalStatus, SessionId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

use crate::StoreError;
use crate::row::json;

/// An approval, the decision it belongs to, and the report that carries its answer back.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredApproval {
    /// The approval.
    pub approval: Approval,
    /// The decision in the audit.
    pub decision_id: String,
    /// The report of the hook that waits.
    pub delivery_id: String,
}

/// Which approvals to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApprovalQuery {
    /// Of this session only.
    pub session_id: Option<SessionId>,
    /// In this status only.
    pub status: Option<ApprovalStatus>,
    /// At most so many.
    pub limit: usize,
}

/// Adds an approval.
pub fn insert(db: &Connection, stored: &StoredApproval) -> Result<(), StoreError> {
    let approval = &stored.approval;
    db.prepare_cached(
        "INSERT INTO approvals (id, session_id, decision_id, delivery_id, status, created_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        approval.id.to_string(),
        approval.session_id.to_string(),
        &stored.decision_id,
        &stored.delivery_id,
        approval.status.as_str(),
        approval.created_at.as_millis(),
        serde_json::to_string(approval)?,
    ))?;
    Ok(())
}

/// Writes an approval anew.
pub fn update(db: &Connection, approval: &Approval) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE approvals SET status = ?2, body = ?3 WHERE id = ?1")?
        .execute((
            approval.id.to_string(),
            approval.status.as_str(),
            serde_json::to_string(approval)?,
        ))?;
    Ok(())
}

/// One approval.
pub fn get(db: &Connection, id: ApprovalId) -> Result<Option<StoredApproval>, StoreError> {
    one(db, "SELECT * FROM approvals WHERE id = ?1", &id.to_string())
}

/// The approval that this report of a hook waits for.
pub fn of_delivery(
    db: &Connection,
    delivery_id: &str,
) -> Result<Option<StoredApproval>, StoreError> {
    one(
        db,
        "SELECT * FROM approvals WHERE delivery_id = ?1",
        delivery_id,
    )
}

/// Approvals, newest first.
pub fn query(db: &Connection, query: ApprovalQuery) -> Result<Vec<StoredApproval>, StoreError> {
    let mut sql = String::from("SELECT * FROM approvals WHERE TRUE");
    let mut values: Vec<Value> = Vec::new();
    if let Some(id) = query.session_id {
        sql.push_str(" AND session_id = ?");
        values.push(id.to_string().into());
    }
    if let Some(status) = query.status {
        sql.push_str(" AND status = ?");
        values.push(status.as_str().to_owned().into());
    }
    sql.push_str(" ORDER BY rowid DESC LIMIT ?");
    values.push(i64::try_from(query.limit).unwrap_or(i64::MAX).into());
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(values), read)?;
    rows.collect()
}

/// Those that are not settled, oldest first; of one session or of all.
pub fn open(
    db: &Connection,
    session_id: Option<SessionId>,
) -> Result<Vec<StoredApproval>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM approvals
         WHERE status IN ('pending', 'answered') AND (?1 IS NULL OR session_id = ?1)
         ORDER BY rowid",
    )?;
    let rows = statement.query_and_then([session_id.map(|id| id.to_string())], read)?;
    rows.collect()
}

fn one(db: &Connection, sql: &str, value: &str) -> Result<Option<StoredApproval>, StoreError> {
    db.prepare_cached(sql)?
        .query_row([value], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

fn read(row: &Row<'_>) -> Result<StoredApproval, StoreError> {
    Ok(StoredApproval {
        approval: json(row, "body")?,
        decision_id: row.get("decision_id")?,
        delivery_id: row.get("delivery_id")?,
    })
}
