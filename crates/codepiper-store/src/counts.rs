//! How many sessions and decisions there were in a time, and how long agents waited for a person.

use codepiper_model::Timestamp;
use rusqlite::Connection;

use crate::StoreError;

/// A time: from the first moment until before the second.
pub type Span = (Timestamp, Timestamp);

/// The sessions that were made in a time, by agent; those that were deleted since count as far as
/// their agent has answered.
pub fn sessions(db: &Connection, span: Span) -> Result<Vec<(String, usize)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT provider, count(*) FROM (
             SELECT id, provider FROM sessions WHERE created_at >= ?1 AND created_at < ?2
             UNION
             SELECT session_id, provider FROM usage_sessions
             WHERE began_at >= ?1 AND began_at < ?2
         ) GROUP BY provider ORDER BY 2 DESC, 1",
    )?;
    let rows = statement.query_map(millis(span), |row| Ok((row.get(0)?, count(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many sessions live.
pub fn live_sessions(db: &Connection) -> Result<usize, StoreError> {
    let sql = "SELECT count(*) FROM sessions WHERE status IN ('STARTING', 'RUNNING')";
    let live = db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(count(live))
}

/// How long requests that were made in a time waited for a person's answer; milliseconds.
pub fn waited_ms(db: &Connection, span: Span) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT created_at, json_extract(body, '$.answer.at') FROM approvals
         WHERE created_at >= ?1 AND created_at < ?2",
    )?;
    let rows = statement.query_map(millis(span), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?))
    })?;
    let mut waited = 0;
    for row in rows {
        let (asked, answered) = row?;
        let answered = answered.and_then(|at| at.parse::<Timestamp>().ok());
        let took = answered.map(|at| at.millis_since(Timestamp::from_millis(asked)));
        waited += took.and_then(|took| u64::try_from(took).ok()).unwrap_or(0);
    }
    Ok(waited)
}

/// Decisions by quarter of an hour and what was decided.
pub fn decisions(db: &Connection, span: Span) -> Result<Vec<(i64, String, u64)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT ts / 900000, decision, count(*) FROM decisions
         WHERE ts >= ?1 AND ts < ?2 GROUP BY 1, 2 ORDER BY 1, 2",
    )?;
    let rows = statement.query_map(millis(span), |row| {
        Ok((row.get(0)?, row.get(1)?, count(row.get(2)?) as u64))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A rule of a policy, what it decided, and how often.
pub type Decided = (Option<String>, Option<String>, String, u64);

/// Decisions by the rule that made them, the most frequent first.
pub fn rules(db: &Connection, span: Span) -> Result<Vec<Decided>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT json_extract(body, '$.policyId'), json_extract(body, '$.ruleId'), decision,
             count(*) AS often
         FROM decisions WHERE ts >= ?1 AND ts < ?2 GROUP BY 1, 2, 3 ORDER BY often DESC, 1, 2, 3",
    )?;
    let rows = statement.query_map(millis(span), |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            count(row.get(3)?) as u64,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn millis((from, until): Span) -> (i64, i64) {
    (from.as_millis(), until.as_millis())
}

fn count(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or(0)
}
