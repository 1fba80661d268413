//! The days that sums of usage are kept by, in one time zone. Where that becomes another one they are
//! made anew, a stretch at a time, so that others can write in between; what is written meanwhile
//! goes into the days that are there already, and the others find it when they are made.

use std::borrow::Cow;

use codepiper_model::Zone;
use codepiper_model::zone::quarter_begins;
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::StoreError;
use crate::usage::{SUMS, added};

/// The days that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// In which zone they begin.
    pub zone: String,
    /// Whether they are all there.
    pub is_whole: bool,
}

/// The days that are kept; `None` where there never were any.
pub fn kept(db: &Connection) -> Result<Option<Kept>, StoreError> {
    let Some(zone) = zone_name(db)? else {
        return Ok(None);
    };
    let is_whole = until(db)?.is_none();
    Ok(Some(Kept { zone, is_whole }))
}

/// Forgets all days and begins to make them in that zone.
pub fn begin(tx: &Transaction<'_>, zone: &Zone) -> Result<(), StoreError> {
    tx.execute_batch(
        "DELETE FROM usage_days; DELETE FROM usage_day_totals; DELETE FROM usage_zone;
         DELETE FROM usage_days_until;",
    )?;
    tx.execute("INSERT INTO usage_zone VALUES (?1)", [zone.name()])?;
    tx.execute("INSERT INTO usage_days_until VALUES (?1)", [i64::MIN])?;
    Ok(())
}

/// Makes the days of at most so many further quarters of an hour, and says whether there are more.
pub fn go_on(tx: &Transaction<'_>, quarters: u32) -> Result<bool, StoreError> {
    let Some(from) = until(tx)? else {
        return Ok(false);
    };
    let zone = zone_name(tx)?.and_then(|name| Zone::named(&name));
    let zone = zone.unwrap_or_else(Zone::utc);
    let (columns, added) = (SUMS.join(", "), added());
    let mut add = tx.prepare_cached(&format!(
        "INSERT INTO usage_days (day, session, model, {columns})
         SELECT ?2, session, model, {columns} FROM usage_quarters WHERE quarter = ?1
         ON CONFLICT DO UPDATE SET {added}"
    ))?;
    let sums = SUMS.map(|column| format!("sum({column})")).join(", ");
    let mut add_total = tx.prepare_cached(&format!(
        "INSERT INTO usage_day_totals (day, model, {columns})
         SELECT ?2, model, {sums} FROM usage_quarters WHERE quarter = ?1 GROUP BY model
         ON CONFLICT DO UPDATE SET {added}"
    ))?;
    let mut next = tx.prepare_cached(
        "SELECT DISTINCT quarter FROM usage_quarters WHERE quarter >= ?1 ORDER BY 1 LIMIT ?2",
    )?;
    let found = next.query_map((from, quarters), |row| row.get(0))?;
    let found: Vec<i64> = found.collect::<Result<_, _>>()?;
    for quarter in &found {
        let place = (quarter, zone.day(quarter_begins(*quarter)));
        add.execute(place)?;
        add_total.execute(place)?;
    }
    match found.last() {
        Some(last) if found.len() as u64 == u64::from(quarters) => {
            tx.execute("UPDATE usage_days_until SET quarter = ?1", [last + 1])?;
            Ok(true)
        }
        _ => {
            tx.execute("DELETE FROM usage_days_until", [])?;
            Ok(false)
        }
    }
}

/// The zone that days are kept in; the one that is given where there are none yet.
pub(crate) fn zone<'a>(tx: &Transaction<'_>, or: &'a Zone) -> Result<Cow<'a, Zone>, StoreError> {
    let named = zone_name(tx)?.filter(|name| name != or.name());
    let named = named.and_then(|name| Zone::named(&name));
    Ok(named.map_or(Cow::Borrowed(or), Cow::Owned))
}

/// The first quarter of an hour that is not in the days yet; `None` where all are.
pub(crate) fn until(db: &Connection) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT quarter FROM usage_days_until")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}

fn zone_name(db: &Connection) -> Result<Option<String>, StoreError> {
    let mut statement = db.prepare_cached("SELECT name FROM usage_zone")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}
