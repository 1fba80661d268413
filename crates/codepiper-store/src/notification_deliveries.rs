//! What of the notifications goes where: written before it is tried, and kept after.

use codepiper_model::Timestamp;
use rusqlite::{Connection, Row, named_params};

use crate::StoreError;

/// The number that stands for a web hook.
pub const NO_SUBSCRIPTION: i64 = 0;

/// A notification on its way to one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDelivery {
    /// Its number.
    pub id: i64,
    /// The notification.
    pub notification_id: i64,
    /// `push` or `webhook`.
    pub channel: String,
    /// To which browser; 0 for the web hook.
    pub subscription_id: i64,
    /// The origin of where it goes: the rest of that may be a secret.
    pub target: String,
    /// `waiting`, `delivered` or `dropped`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// When it was delivered or dropped.
    pub finished_at: Option<Timestamp>,
    /// Why the last try came to nothing, or why it was dropped.
    pub last_error: Option<String>,
}

/// Writes down that a notification goes there, at once.
pub fn insert(
    db: &Connection,
    notification_id: i64,
    channel: &str,
    subscription_id: i64,
    target: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO notification_deliveries (notification_id, channel, subscription_id,
             target, state, attempts, created_at, next_at)
         VALUES (:notification, :channel, :subscription, :target, 'waiting', 0, :at, :at)",
    )?
    .execute(named_params! {
        ":notification": notification_id,
        ":channel": channel,
        ":subscription": subscription_id,
        ":target": target,
        ":at": at.as_millis(),
    })?;
    Ok(())
}

/// For each place what is to be tried there next, however far away that is.
pub fn next(db: &Connection) -> Result<Vec<StoredDelivery>, StoreError> {
    // `min` makes SQLite take the other columns from that very row.
    let mut statement = db.prepare_cached(
        "SELECT *, min(next_at) FROM notification_deliveries WHERE next_at IS NOT NULL
         GROUP BY channel, subscription_id ORDER BY next_at",
    )?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

/// Notes that a try came to nothing, and when the next one is.
pub fn put_off(db: &Connection, id: i64, until: Timestamp, why: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE notification_deliveries
         SET attempts = attempts + 1, next_at = ?2, last_error = ?3 WHERE id = ?1",
    )?
    .execute((id, until.as_millis(), why))?;
    Ok(())
}

/// Notes that it was delivered, or, with the reason, that it is not tried any more.
pub fn finish(
    db: &Connection,
    id: i64,
    dropped: Option<&str>,
    was_tried: bool,
    at: Timestamp,
) -> Result<(), StoreError> {
    let state = dropped.map_or("delivered", |_| "dropped");
    db.prepare_cached(
        "UPDATE notification_deliveries SET state = ?2, attempts = attempts + ?3, next_at = NULL,
             finished_at = ?4, last_error = ?5
         WHERE id = ?1",
    )?
    .execute((id, state, was_tried, at.as_millis(), dropped))?;
    Ok(())
}

/// Reads them, the newest first: of one notification or of all, earlier than that one.
pub fn query(
    db: &Connection,
    notification_id: Option<i64>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<StoredDelivery>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM notification_deliveries
         WHERE (?1 IS NULL OR notification_id = ?1) AND (?2 IS NULL OR id < ?2)
         ORDER BY id DESC LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_and_then((notification_id, before, limit), read)?;
    rows.collect()
}

fn read(row: &Row<'_>) -> Result<StoredDelivery, StoreError> {
    let time = |name: &str| {
        let millis: Option<i64> = row.get(name)?;
        Ok::<_, rusqlite::Error>(millis.map(Timestamp::from_millis))
    };
    Ok(StoredDelivery {
        id: row.get("id")?,
        notification_id: row.get("notification_id")?,
        channel: row.get("channel")?,
        subscription_id: row.get("subscription_id")?,
        target: row.get("target")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        next_at: time("next_at")?,
        finished_at: time("finished_at")?,
        last_error: row.get("last_error")?,
    })
}
