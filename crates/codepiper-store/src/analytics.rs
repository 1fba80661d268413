//! Sums of usage, as they are asked for.

use std::fmt::Write as _;

use codepiper_model::zone::{quarter, quarter_begins};
use codepiper_model::{Day, Timestamp, Tokens, TurnEnded, Zone};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};

use crate::StoreError;
use crate::transcripts::bytes;
use crate::usage::{SUMS, Tally, tokens};
use crate::whose::Whose;

/// What sums are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// All together.
    Total,
    /// Each bucket of the table: a day, or a quarter of an hour.
    Bucket,
    /// Each session.
    Session,
    /// Each project.
    Project,
    /// Each agent.
    Provider,
    /// Each model; what belongs to none is left out.
    Model,
}

/// What to sum up. The first and the last bucket count.
#[derive(Clone, Debug)]
pub struct Sums {
    /// By days of the zone that days are kept in, or by quarters of an hour.
    pub is_by_day: bool,
    /// The first bucket.
    pub from: i64,
    /// The last one.
    pub to: i64,
    /// Whose.
    pub whose: Whose,
}

/// Sums for each of a group, by its name or number.
pub fn sums(
    db: &Connection,
    sums: &Sums,
    group: Group,
) -> Result<Vec<(String, Tally)>, StoreError> {
    let of_all = matches!(group, Group::Total | Group::Bucket | Group::Model)
        && !sums.whose.is_of_sessions();
    let (table, bucket) = match (sums.is_by_day, of_all) {
        (true, true) => ("usage_day_totals", "day"),
        (true, false) => ("usage_days", "day"),
        (false, _) => ("usage_quarters", "quarter"),
    };
    // Rows are summed up by numbers first; names are looked up for what is left of them.
    let (key, name) = match group {
        Group::Total => ("0", "''"),
        Group::Bucket => (bucket, "key"),
        Group::Session => (
            "session",
            "(SELECT session_id FROM usage_sessions WHERE id = key)",
        ),
        Group::Project => (
            "session",
            "(SELECT project FROM usage_sessions WHERE id = key)",
        ),
        Group::Provider => (
            "session",
            "(SELECT provider FROM usage_sessions WHERE id = key)",
        ),
        Group::Model => ("model", "(SELECT name FROM usage_models WHERE id = key)"),
    };
    let columns: Vec<String> = SUMS
        .iter()
        .map(|column| format!("sum({column}) AS {column}"))
        .collect();
    let columns = columns.join(", ");
    let mut inner =
        format!("SELECT {key} AS key, {columns} FROM {table} WHERE {bucket} BETWEEN ?1 AND ?2");
    let mut values: Vec<Value> = vec![sums.from.into(), sums.to.into()];
    let of = sums.whose.sessions("session_id", &mut values);
    if !of.is_empty() {
        let _infallible = write!(
            inner,
            " AND session IN (SELECT id FROM usage_sessions WHERE TRUE{of})"
        );
    }
    if let Some(model) = &sums.whose.model {
        values.push(model.clone().into());
        let place = values.len();
        let _infallible = write!(
            inner,
            " AND model = (SELECT id FROM usage_models WHERE name = ?{place})"
        );
    }
    if group == Group::Model {
        inner.push_str(" AND model <> 0");
    }
    inner.push_str(" GROUP BY 1");
    let sql = format!(
        "SELECT CAST({name} AS TEXT) AS grouped, {columns} FROM ({inner})
         GROUP BY 1 HAVING count(*) > 0 ORDER BY 1"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(values), |row| {
        Ok::<_, StoreError>((row.get("grouped")?, Tally::read(row)?))
    })?;
    rows.collect()
}

/// The first and the last moment of which there is usage.
pub fn span(db: &Connection) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
    // Asked for one by one: both at once would be looked for in every row.
    let sql = "SELECT (SELECT min(quarter) FROM usage_quarters),
         (SELECT max(quarter) FROM usage_quarters)";
    let span = db.prepare_cached(sql)?.query_row([], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
    })?;
    Ok(span
        .0
        .zip(span.1)
        .map(|(first, last)| (quarter_begins(first), quarter_begins(last))))
}

/// The first day (UTC) behind `after`, or of all, of which something is kept.
pub fn next_day(db: &Connection, after: Option<Day>) -> Result<Option<Day>, StoreError> {
    let from = after.map_or(Timestamp::from_millis(i64::MIN), |day| {
        Zone::utc().beginning(day + 1)
    });
    let sql = "SELECT min(at) FROM (SELECT min(at) AS at FROM usage WHERE at >= ?1
         UNION ALL SELECT min(at) FROM turns WHERE at >= ?1
         UNION ALL SELECT min(quarter) * 900000 FROM usage_quarters WHERE quarter >= ?2)";
    let at: Option<i64> = db
        .prepare_cached(sql)?
        .query_row((from.as_millis(), quarter(from)), |row| row.get(0))?;
    Ok(at.map(|at| Zone::utc().day(Timestamp::from_millis(at))))
}

/// What was removed since it cannot have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Answers of more tokens than any has.
    pub answers: usize,
    /// Turns that took longer than any does.
    pub turns: usize,
}

/// Counts one day (UTC) anew: removes what cannot have been, prices every answer with `price` and
/// makes the sums of its quarters of an hour.
pub fn recount(
    tx: &Transaction<'_>,
    day: Day,
    price: impl Fn(&str, Timestamp, &Tokens) -> Option<i64>,
) -> Result<Removed, StoreError> {
    let from = Zone::utc().beginning(day);
    let until = Zone::utc().beginning(day + 1);
    let bounds = (from.as_millis(), until.as_millis());
    let removed = remove_impossible(tx, bounds)?;
    let mut answers = tx.prepare_cached(
        "SELECT u.*, m.name FROM usage u JOIN usage_models m ON m.id = u.model
         WHERE u.at >= ?1 AND u.at < ?2",
    )?;
    let mut set = tx.prepare_cached("UPDATE usage SET cost = ?2 WHERE id = ?1")?;
    let rows = answers.query_and_then(bounds, |row| {
        let at = Timestamp::from_millis(row.get("at")?);
        let cost = price(&row.get::<_, String>("name")?, at, &tokens(row)?);
        let known: Option<i64> = row.get("cost")?;
        Ok::<_, StoreError>((row.get::<_, i64>("id")?, (cost != known).then_some(cost)))
    })?;
    let changed: Vec<_> = rows.collect::<Result<_, _>>()?;
    for (id, cost) in changed {
        if let Some(cost) = cost {
            set.execute((id, cost))?;
        }
    }
    tx.prepare_cached("DELETE FROM usage_quarters WHERE quarter >= ?1 AND quarter < ?2")?
        .execute((quarter(from), quarter(until)))?;
    tx.prepare_cached(
        "INSERT INTO usage_quarters
         SELECT (at - 899999 * (at < 0)) / 900000, session, model, count(*), count(*) - count(cost), 0, 0, sum(input),
             sum(output), sum(cache_write_5m), sum(cache_write_1h), sum(cache_read),
             sum(reasoning), coalesce(sum(cost), 0)
         FROM usage WHERE at >= ?1 AND at < ?2 GROUP BY 1, 2, 3
         UNION ALL
         SELECT (at - 899999 * (at < 0)) / 900000, session, 0, 0, 0, count(*), sum(duration_ms), 0, 0, 0, 0, 0, 0, 0
         FROM turns WHERE at >= ?1 AND at < ?2 GROUP BY 1, 2",
    )?
    .execute(bounds)?;
    Ok(removed)
}

/// Sums have no room for it: such numbers were taken at their word once.
fn remove_impossible(
    tx: &Transaction<'_>,
    (from, until): (i64, i64),
) -> Result<Removed, StoreError> {
    const COUNTS: [&str; 6] = [
        "input",
        "output",
        "cache_write_5m",
        "cache_write_1h",
        "cache_read",
        "reasoning",
    ];
    let can_be = COUNTS.map(|count| format!("{count} BETWEEN 0 AND ?3"));
    let answers = format!(
        "DELETE FROM usage WHERE at >= ?1 AND at < ?2 AND NOT ({})",
        can_be.join(" AND ")
    );
    let turns = "DELETE FROM turns WHERE at >= ?1 AND at < ?2 AND NOT duration_ms BETWEEN 0 AND ?3";
    let remove = |sql: &str, most: u64| -> Result<usize, StoreError> {
        Ok(tx
            .prepare_cached(sql)?
            .execute((from, until, bytes(most)))?)
    };
    Ok(Removed {
        answers: remove(&answers, Tokens::MOST)?,
        turns: remove(turns, TurnEnded::LONGEST_MS)?,
    })
}
