//! Secrets of the installation itself. They are sealed before they come here.

use rusqlite::{Connection, OptionalExtension as _};

use crate::StoreError;

/// The secret of that name.
pub fn get(db: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let found = db
        .prepare_cached("SELECT sealed FROM sealed_values WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// All of them.
pub fn all(db: &Connection) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT name, sealed FROM sealed_values ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a secret under that name.
pub fn set(db: &Connection, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO sealed_values (name, sealed) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed",
    )?
    .execute((name, sealed))?;
    Ok(())
}

/// Forgets the secret of that name.
pub fn remove(db: &Connection, name: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM sealed_values WHERE name = ?1")?
        .execute([name])?;
    Ok(())
}
