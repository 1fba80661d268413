//! Browsers that have signed in before.

use codepiper_model::Timestamp;
use rusqlite::Connection;

use crate::StoreError;

/// The oldest are forgotten, so that addresses that change fill nothing.
const KEPT: u32 = 1000;

/// Notes that a browser has signed in; says whether it was seen there never before, while others were.
pub fn note(
    db: &Connection,
    address: &str,
    user_agent: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let (is_known, is_first): (bool, bool) = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM devices WHERE address = ?1 AND user_agent = ?2),
                 NOT EXISTS (SELECT 1 FROM devices)",
        )?
        .query_row((address, user_agent), |row| Ok((row.get(0)?, row.get(1)?)))?;
    db.prepare_cached(
        "INSERT INTO devices (address, user_agent, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen",
    )?
    .execute((address, user_agent, at.as_millis()))?;
    db.prepare_cached(
        "DELETE FROM devices WHERE (address, user_agent) NOT IN
             (SELECT address, user_agent FROM devices ORDER BY last_seen DESC LIMIT ?1)",
    )?
    .execute([KEPT])?;
    Ok(!is_known && !is_first)
}
