//! The person who may sign in on the web.

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use crate::StoreError;
use crate::row::json;

/// What is kept of the person. Nothing of it opens a door by itself: it is hashed or sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The hash of the password.
    pub password_hash: String,
    /// The authenticator's secret, sealed; none before it was set up.
    pub totp: Option<Vec<u8>>,
    /// One that is shown and not verified yet, sealed.
    pub totp_pending: Option<Vec<u8>>,
    /// The last step of a code that was used.
    pub totp_step: u64,
    /// The hashes of the recovery codes that are left.
    pub recovery_hashes: Vec<String>,
}

/// The account, once there is a password.
pub fn get(db: &Connection) -> Result<Option<Account>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM account WHERE id = 1")?;
    let mut rows = statement.query_and_then([], |row| {
        let step: i64 = row.get("totp_step")?;
        Ok::<_, StoreError>(Account {
            password_hash: row.get("password_hash")?,
            totp: row.get("totp")?,
            totp_pending: row.get("totp_pending")?,
            totp_step: u64::try_from(step).unwrap_or(0),
            recovery_hashes: json(row, "recovery_hashes")?,
        })
    })?;
    rows.next().transpose()
}

/// Sets the password; the rest stays as it is.
pub fn set_password(db: &Connection, hash: &str, at: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO account (id, password_hash, updated_at) VALUES (1, ?1, ?2)
         ON CONFLICT (id) DO UPDATE SET password_hash = excluded.password_hash,
             updated_at = excluded.updated_at",
    )?
    .execute((hash, at.as_millis()))?;
    Ok(())
}

/// Keeps an authenticator's secret that is to be verified, unless there is one already, and
/// returns the one that is kept.
pub fn offer_totp(db: &Connection, sealed: &[u8], at: Timestamp) -> Result<Vec<u8>, StoreError> {
    let kept = db
        .prepare_cached(
            "UPDATE account SET totp_pending = coalesce(totp_pending, ?1), updated_at = ?2
             WHERE id = 1 RETURNING totp_pending",
        )?
        .query_row((sealed, at.as_millis()), |row| row.get(0))
        .optional()?;
    kept.ok_or(StoreError::NotFound)
}

/// Makes the offered authenticator the one that counts, with these recovery codes. `false` when
/// `sealed` is not the one that is offered any more.
pub fn verify_totp(
    db: &Connection,
    sealed: &[u8],
    step: u64,
    recovery_hashes: &[String],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let hashes = serde_json::to_string(recovery_hashes)?;
    let changed = db
        .prepare_cached(
            "UPDATE account SET totp = totp_pending, totp_pending = NULL, totp_step = ?2,
                 recovery_hashes = ?3, updated_at = ?4
             WHERE id = 1 AND totp_pending = ?1",
        )?
        .execute((sealed, number(step), hashes, at.as_millis()))?;
    Ok(changed == 1)
}

/// Puts the same secrets there, sealed anew.
pub fn reseal(
    db: &Connection,
    totp: Option<&[u8]>,
    pending: Option<&[u8]>,
) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE account SET totp = ?1, totp_pending = ?2 WHERE id = 1")?
        .execute((totp, pending))?;
    Ok(())
}

/// Takes the authenticator and the recovery codes away.
pub fn clear_totp(db: &Connection, at: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE account SET totp = NULL, totp_pending = NULL, totp_step = 0,
             recovery_hashes = '[]', updated_at = ?1 WHERE id = 1",
    )?
    .execute([at.as_millis()])?;
    Ok(())
}

/// Uses up the codes of a step, and of all before it. `false` when they were.
pub fn use_step(db: &Connection, step: u64) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached("UPDATE account SET totp_step = ?1 WHERE id = 1 AND totp_step < ?1")?
        .execute([number(step)])?;
    Ok(changed == 1)
}

/// Uses up a recovery code. `false` when it was.
pub fn use_recovery(db: &Connection, hash: &str) -> Result<bool, StoreError> {
    let Some(account) = get(db)? else {
        return Ok(false);
    };
    let left: Vec<_> = account
        .recovery_hashes
        .iter()
        .filter(|it| *it != hash)
        .collect();
    if left.len() == account.recovery_hashes.len() {
        return Ok(false);
    }
    db.prepare_cached("UPDATE account SET recovery_hashes = ?1 WHERE id = 1")?
        .execute([serde_json::to_string(&left)?])?;
    Ok(true)
}

fn number(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}
