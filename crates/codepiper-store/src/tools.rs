//! Calls of tools, counted. Days (UTC) that are over are summed up when they are asked for, and anew
//! when one of their calls has changed.

use std::collections::HashMap;
use std::fmt::Write as _;

use codepiper_model::Day;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params_from_iter};

use crate::StoreError;
use crate::counts::Span;
use crate::whose::Whose;

/// A tool, and what came of its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCalls {
    /// The tool.
    pub tool: String,
    /// How often it was called.
    pub calls: u64,
    /// How often that failed or was refused.
    pub errors: u64,
    /// How long it ran, of the calls of which that is known; milliseconds.
    pub duration_ms: u64,
    /// How many calls those are.
    pub timed: u64,
}

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The sums of calls, as they are counted.
const COUNTED: &str = "count(*) AS calls, total(c.is_error) AS errors,
    total(c.duration_ms) AS duration_ms, count(c.duration_ms) AS timed";

/// The calls of a time. A call of which a fork has a copy counts once.
const CALLS: &str = "conversation c INDEXED BY conversation_tools
    WHERE c.tool IS NOT NULL AND c.at >= ?1 AND c.at < ?2 AND NOT EXISTS (
        SELECT 1 FROM conversation d WHERE d.call_id = c.call_id AND d.id < c.id)";

/// The tools that were used in a time, the most used first.
pub fn calls(
    db: &Connection,
    span: Span,
    whose: &Whose,
    limit: usize,
) -> Result<Vec<ToolCalls>, StoreError> {
    // One state of the database: a day may be taken out meanwhile.
    let db = db.unchecked_transaction()?;
    let mut values: Vec<Value> = vec![Value::Null, Value::Null];
    let mut of = whose.sessions("t.session_id", &mut values);
    if !of.is_empty() {
        let of_sessions = format!("(SELECT t.id FROM transcripts t WHERE TRUE{of})");
        of = format!(" AND c.transcript_id IN {of_sessions}");
    }
    if let Some(model) = &whose.model {
        values.push(model.clone().into());
        let _infallible = write!(of, " AND c.model = ?{}", values.len());
    }
    let mut of_days = db.prepare_cached(&format!(
        "SELECT c.tool, sum(c.calls) AS calls, total(c.errors) AS errors,
             total(c.duration_ms) AS duration_ms, sum(c.timed) AS timed
         FROM tool_days c WHERE c.day >= ?1 AND c.day < ?2{of} GROUP BY c.tool"
    ))?;
    let mut of_calls = db.prepare_cached(&format!(
        "SELECT c.tool, {COUNTED} FROM {CALLS}{of} GROUP BY c.tool"
    ))?;
    let mut found = HashMap::new();
    let mut add = |statement: &mut rusqlite::Statement<'_>, from: i64, until: i64| {
        if from >= until {
            return Ok(());
        }
        values[0] = from.into();
        values[1] = until.into();
        let mut rows = statement.query(params_from_iter(&values))?;
        while let Some(row) = rows.next()? {
            let tool: String = row.get("tool")?;
            let sum = found
                .entry(tool.clone())
                .or_insert_with(|| ToolCalls::none(tool));
            sum.calls = sum.calls.saturating_add(whole(row.get("calls")?));
            sum.errors = sum.errors.saturating_add(whole(row.get("errors")?));
            sum.duration_ms = sum
                .duration_ms
                .saturating_add(whole(row.get("duration_ms")?));
            sum.timed = sum.timed.saturating_add(whole(row.get("timed")?));
        }
        Ok::<_, StoreError>(())
    };
    let (first, end) = whole_days(span);
    add(&mut of_days, first, end)?;
    // What is between the days that are made.
    let mut from = span.0.as_millis();
    for day in made(&db, first, end)? {
        add(&mut of_calls, from, begins(day))?;
        from = begins(day + 1);
    }
    add(&mut of_calls, from, span.1.as_millis())?;

    let mut found: Vec<ToolCalls> = found.into_values().collect();
    found.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.tool.cmp(&b.tool)));
    found.truncate(limit);
    Ok(found)
}

/// The days in a time of which there are calls but no sums.
pub fn unmade(db: &Connection, span: Span) -> Result<Vec<Day>, StoreError> {
    let mut next = db.prepare_cached(
        "SELECT at FROM conversation INDEXED BY conversation_tools
         WHERE tool IS NOT NULL AND at >= ?1 AND at < ?2 ORDER BY at LIMIT 1",
    )?;
    let mut days = Vec::new();
    let (first, end) = whole_days(span);
    let mut fill = |from: i64, until: i64| {
        let mut from = begins(from);
        let mut next = |from| {
            let at = next.query_row((from, begins(until)), |row| row.get::<_, i64>(0));
            at.optional()
        };
        while let Some(at) = next(from)? {
            let day = day_of(at);
            days.push(day);
            from = begins(day + 1);
        }
        Ok::<_, StoreError>(())
    };
    let mut from = first;
    for day in made(db, first, end)? {
        fill(from, day)?;
        from = day + 1;
    }
    fill(from, end)?;
    Ok(days)
}

/// Sums the calls of a day up.
pub fn make(tx: &Transaction<'_>, day: Day) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM tool_days_made WHERE day = ?1")?
        .execute([day])?;
    tx.prepare_cached(&format!(
        "INSERT INTO tool_days
         SELECT ?3, transcript_id, coalesce(model, ''), tool, calls, errors, duration_ms, timed
         FROM (SELECT c.transcript_id, c.model, c.tool, {COUNTED} FROM {CALLS}
             GROUP BY c.transcript_id, coalesce(c.model, ''), c.tool)"
    ))?
    .execute((begins(day), begins(day + 1), day))?;
    tx.prepare_cached("INSERT INTO tool_days_made VALUES (?1)")?
        .execute([day])?;
    Ok(())
}

/// The days between these that are made, in order.
fn made(db: &Connection, first: Day, end: Day) -> Result<Vec<Day>, StoreError> {
    let sql = "SELECT day FROM tool_days_made WHERE day >= ?1 AND day < ?2 ORDER BY day";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map((first, end), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The first whole day in a time, and the one behind the last.
fn whole_days((from, until): Span) -> (Day, Day) {
    let first = day_of(from.as_millis());
    let is_whole = begins(first) == from.as_millis();
    (first + i64::from(!is_whole), day_of(until.as_millis()))
}

/// The day in which a moment is; both as the database counts them, for any number there is.
fn day_of(at: i64) -> Day {
    at.div_euclid(DAY)
}

fn begins(day: Day) -> i64 {
    day.saturating_mul(DAY)
}

impl ToolCalls {
    fn none(tool: String) -> Self {
        Self {
            tool,
            calls: 0,
            errors: 0,
            duration_ms: 0,
            timed: 0,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count"
)]
fn whole(total: f64) -> u64 {
    total as u64
}
