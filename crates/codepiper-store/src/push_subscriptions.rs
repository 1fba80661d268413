//! Browsers that are told even where no page of ours is open.

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::StoreError;

/// One of them, as it asked to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubscription {
    /// Where its messages are posted.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// What else only it and we know.
    pub auth: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// The sign-in that asked; none: who needs none.
    pub sign_in: Option<String>,
}

/// One that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSubscription {
    /// Its number, which never comes again.
    pub id: i64,
    /// As it asked.
    pub wanted: NewSubscription,
    /// When it first asked.
    pub created_at: Timestamp,
    /// When it last did.
    pub updated_at: Timestamp,
}

/// Keeps one, new or anew.
pub fn put(
    db: &Connection,
    new: &NewSubscription,
    at: Timestamp,
) -> Result<StoredSubscription, StoreError> {
    db.prepare_cached(
        "INSERT INTO push_subscriptions (endpoint, p256dh, auth, expires_at, sign_in, created_at,
             updated_at)
         VALUES (:endpoint, :p256dh, :auth, :expires_at, :sign_in, :at, :at)
         ON CONFLICT (endpoint) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth,
             expires_at = excluded.expires_at, sign_in = excluded.sign_in, updated_at = excluded.updated_at
         RETURNING *",
    )?
    .query_and_then(
        named_params! {
            ":endpoint": new.endpoint,
            ":p256dh": new.p256dh,
            ":auth": new.auth,
            ":expires_at": new.expires_at.map(Timestamp::as_millis),
            ":sign_in": new.sign_in,
            ":at": at.as_millis(),
        },
        read,
    )?
    .next()
    .unwrap_or(Err(StoreError::NotFound))
}

/// Forgets one, by where its messages are posted. `false` where there is none.
pub fn remove(db: &Connection, endpoint: &str) -> Result<bool, StoreError> {
    let removed = db
        .prepare_cached("DELETE FROM push_subscriptions WHERE endpoint = ?1")?
        .execute([endpoint])?;
    Ok(removed == 1)
}

/// One, by its number.
pub fn get(db: &Connection, id: i64) -> Result<Option<StoredSubscription>, StoreError> {
    db.prepare_cached("SELECT * FROM push_subscriptions WHERE id = ?1")?
        .query_row([id], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// All of them, the oldest first.
pub fn all(db: &Connection) -> Result<Vec<StoredSubscription>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM push_subscriptions ORDER BY id")?;
    let rows = statement.query_and_then([], read)?;
    rows.collect()
}

fn read(row: &Row<'_>) -> Result<StoredSubscription, StoreError> {
    let expires_at: Option<i64> = row.get("expires_at")?;
    Ok(StoredSubscription {
        id: row.get("id")?,
        wanted: NewSubscription {
            endpoint: row.get("endpoint")?,
            p256dh: row.get("p256dh")?,
            auth: row.get("auth")?,
            expires_at: expires_at.map(Timestamp::from_millis),
            sign_in: row.get("sign_in")?,
        },
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}
