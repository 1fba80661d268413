//! Browsers that are signed in, and what was tried in vain.

use codepiper_model::{SignIn, SignInStage, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::StoreError;
use crate::row::named;

/// Adds a sign-in, whose token has this hash.
pub fn insert(db: &Connection, sign_in: &SignIn, token_hash: &[u8]) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO sign_ins (id, token_hash, stage, address, user_agent, created_at,
             last_used_at, expires_at, confirmed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        &sign_in.id,
        token_hash,
        sign_in.stage.as_str(),
        &sign_in.address,
        &sign_in.user_agent,
        sign_in.created_at.as_millis(),
        sign_in.last_used_at.as_millis(),
        sign_in.expires_at.as_millis(),
        sign_in.confirmed_at.map(Timestamp::as_millis),
    ))?;
    Ok(())
}

/// The sign-in whose token has this hash, unless it has expired.
pub fn of_token(
    db: &Connection,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SignIn>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM sign_ins WHERE token_hash = ?1 AND expires_at > ?2")?;
    let mut rows = statement.query_and_then((token_hash, now.as_millis()), read)?;
    rows.next().transpose()
}

/// Every sign-in that counts, the one that was used last first.
pub fn all(db: &Connection, now: Timestamp) -> Result<Vec<SignIn>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM sign_ins WHERE expires_at > ?1 ORDER BY last_used_at DESC, id",
    )?;
    let rows = statement.query_and_then([now.as_millis()], read)?;
    rows.collect()
}

/// Writes down that it was used.
pub fn touch(
    db: &Connection,
    id: &str,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE sign_ins SET last_used_at = ?2, expires_at = ?3 WHERE id = ?1")?
        .execute((id, at.as_millis(), expires_at.as_millis()))?;
    Ok(())
}

/// Writes down that the person was asked again.
pub fn confirm(db: &Connection, id: &str, at: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE sign_ins SET confirmed_at = ?2 WHERE id = ?1")?
        .execute((id, at.as_millis()))?;
    Ok(())
}

/// Ends a sign-in, and with it what its browser is told. `false` when there is none of that name.
pub fn delete(db: &Connection, id: &str) -> Result<bool, StoreError> {
    db.prepare_cached("DELETE FROM push_subscriptions WHERE sign_in = ?1")?
        .execute([id])?;
    let gone = db
        .prepare_cached("DELETE FROM sign_ins WHERE id = ?1")?
        .execute([id])?;
    Ok(gone == 1)
}

/// Ends every sign-in but one, and with them what their browsers are told; says how many.
pub fn delete_others(db: &Connection, but: Option<&str>) -> Result<usize, StoreError> {
    db.prepare_cached(
        "DELETE FROM push_subscriptions WHERE sign_in IS NOT NULL AND (?1 IS NULL OR sign_in <> ?1)",
    )?
    .execute([but])?;
    Ok(db
        .prepare_cached("DELETE FROM sign_ins WHERE ?1 IS NULL OR id <> ?1")?
        .execute([but])?)
}

/// Removes those that have expired.
pub fn delete_expired(db: &Connection, now: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM sign_ins WHERE expires_at <= ?1")?
        .execute([now.as_millis()])?;
    Ok(())
}

/// How often was tried in vain from there, and when last, in milliseconds since 1970.
pub fn tries(db: &Connection, source: &str) -> Result<Option<(u32, i64)>, StoreError> {
    let row = db
        .prepare_cached("SELECT failures, last_at FROM sign_in_tries WHERE source = ?1")?
        .query_row([source], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(row)
}

/// Writes down how often was tried in vain from there.
pub fn set_tries(
    db: &Connection,
    source: &str,
    failures: u32,
    last: i64,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO sign_in_tries (source, failures, last_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (source) DO UPDATE SET failures = excluded.failures,
             last_at = excluded.last_at",
    )?
    .execute((source, failures, last))?;
    Ok(())
}

/// Forgets the tries that were before that moment.
pub fn forget_tries(db: &Connection, before: i64) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM sign_in_tries WHERE last_at < ?1")?
        .execute([before])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<SignIn, StoreError> {
    let at = |column| row.get(column).map(Timestamp::from_millis);
    let stage: SignInStage = named(row, "stage")?;
    Ok(SignIn {
        id: row.get("id")?,
        stage,
        address: row.get("address")?,
        user_agent: row.get("user_agent")?,
        created_at: at("created_at")?,
        last_used_at: at("last_used_at")?,
        expires_at: at("expires_at")?,
        confirmed_at: row
            .get::<_, Option<i64>>("confirmed_at")?
            .map(Timestamp::from_millis),
    })
}
