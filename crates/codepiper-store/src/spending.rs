//! What single sessions spent within a time.

use std::collections::HashMap;

use codepiper_model::{SessionId, Timestamp};
use rusqlite::Connection;

use crate::StoreError;

/// An answer of a model: when it was given, and its cost in billionths of a dollar; none where there
/// is no price.
pub type Spent = (Timestamp, Option<i64>);

/// The answers that these sessions have had within a time, in order.
pub fn between(
    db: &Connection,
    sessions: &[SessionId],
    (from, to): (Timestamp, Timestamp),
) -> Result<HashMap<SessionId, Vec<Spent>>, StoreError> {
    let mut found: HashMap<SessionId, Vec<Spent>> = HashMap::new();
    // By time, of which there is an index: what else was spent meanwhile is little.
    let sql = "SELECT s.session_id, u.at, u.cost FROM usage u JOIN usage_sessions s
         ON s.id = u.session WHERE u.at >= ?1 AND u.at <= ?2 ORDER BY u.at";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query((from.as_millis(), to.as_millis()))?;
    while let Some(row) = rows.next()? {
        let Ok(session) = row.get::<_, String>(0)?.parse::<SessionId>() else {
            continue;
        };
        if sessions.contains(&session) {
            let at = Timestamp::from_millis(row.get(1)?);
            found.entry(session).or_default().push((at, row.get(2)?));
        }
    }
    Ok(found)
}
