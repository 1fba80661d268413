//! What answers of models cost, once for each answer, and the sums that are kept of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use codepiper_model::zone::quarter;
use codepiper_model::{Day, ProviderId, SessionId, Timestamp, Tokens, TurnEnded, Usage, Zone};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, Transaction};

use crate::StoreError;
use crate::transcripts::{bytes, unsigned};

/// Sums of usage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers of models.
    pub answers: i64,
    /// How many of them have no price.
    pub unpriced: i64,
    /// Turns that are over.
    pub turns: i64,
    /// How long they took; milliseconds.
    pub working_ms: i64,
    /// What models read and wrote.
    pub tokens: Tokens,
    /// What that costs, in billionths of a dollar, as far as there are prices.
    pub cost: i64,
}

/// The columns of a [`Tally`], as they stand in every table of sums.
pub(crate) const SUMS: [&str; 11] = [
    "answers",
    "unpriced",
    "turns",
    "working_ms",
    "input",
    "output",
    "cache_write_5m",
    "cache_write_1h",
    "cache_read",
    "reasoning",
    "cost",
];

/// Writes usage of one session down; the sums follow when it is closed.
pub(crate) struct Book<'a> {
    tx: &'a Transaction<'a>,
    zone: &'a Zone,
    session: i64,
    began_at: i64,
    models: HashMap<String, i64>,
    answers: HashMap<&'a str, Answer<'a>>,
    sums: HashMap<(i64, Day, i64, i64), Delta>,
}

/// An answer as it is kept, and as it will be.
struct Answer<'a> {
    message_id: &'a str,
    known: Option<Counted>,
    now: Counted,
}

/// What a sum changes by: of two tallies the first is added and the second taken away.
#[derive(Default)]
struct Delta {
    more: Tally,
    less: Tally,
}

impl Delta {
    fn change(&self) -> Vec<i64> {
        let change = self.more.values().into_iter().zip(self.less.values());
        change
            .map(|(more, less)| more.saturating_sub(less))
            .collect()
    }
}

impl<'a> Book<'a> {
    /// Opens the book of a session.
    pub(crate) fn open(
        tx: &'a Transaction<'a>,
        session_id: SessionId,
        provider: ProviderId,
        project: &str,
        zone: &'a Zone,
    ) -> Result<Self, StoreError> {
        tx.prepare_cached(
            "INSERT INTO usage_sessions (session_id, provider, project, began_at)
             VALUES (?1, ?2, ?3, coalesce((SELECT created_at FROM sessions WHERE id = ?1), 0))
             ON CONFLICT DO NOTHING",
        )?
        .execute((session_id.to_string(), provider.as_str(), project))?;
        let (session, began_at) = tx
            .prepare_cached("SELECT id, began_at FROM usage_sessions WHERE session_id = ?1")?
            .query_row([session_id.to_string()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok(Self {
            tx,
            zone,
            session,
            began_at,
            models: HashMap::new(),
            answers: HashMap::new(),
            sums: HashMap::new(),
        })
    }

    /// Adds what an answer cost. An answer that is known counts once, for the earliest session that
    /// has it in its conversation, with what was told of it there last.
    pub(crate) fn add(&mut self, usage: &'a Usage, cost: Option<i64>) -> Result<(), StoreError> {
        let mut new = Counted {
            session: self.session,
            began_at: self.began_at,
            model: self.model(&usage.model)?,
            at: usage.at.as_millis(),
            tokens: usage.tokens,
            cost,
        };
        let message_id = usage.message_id.as_str();
        let answer = match self.answers.entry(&usage.key) {
            Entry::Occupied(answer) => answer.into_mut(),
            Entry::Vacant(place) => {
                let Some(known) = Counted::of(self.tx, &usage.key)? else {
                    place.insert(Answer {
                        message_id,
                        known: None,
                        now: new,
                    });
                    return Ok(());
                };
                place.insert(Answer {
                    message_id,
                    known: Some(known),
                    now: known,
                })
            }
        };
        let known = answer.now;
        let place = |it: &Counted| (it.began_at, it.session);
        // A copy in a conversation that began later. It may tell less than the original: what is
        // copied from before a compaction has cost nothing there.
        if place(&known) < place(&new) {
            return Ok(());
        }
        if new.tokens.is_empty() && !known.tokens.is_empty() {
            (new.model, new.tokens, new.cost) = (known.model, known.tokens, known.cost);
        }
        // Otherwise it is the same line again.
        if known.tokens != new.tokens || (known.model, known.session) != (new.model, new.session) {
            (answer.message_id, answer.now) = (message_id, new);
        }
        Ok(())
    }

    /// Adds a turn, once: for the earliest session that has it in its conversation.
    pub(crate) fn add_turn(&mut self, turn: &TurnEnded) -> Result<(), StoreError> {
        let known = self
            .tx
            .prepare_cached(
                "SELECT t.session, s.began_at, t.at, t.duration_ms
                 FROM turns t JOIN usage_sessions s ON s.id = t.session WHERE key = ?1",
            )?
            .query_row([&turn.key], |row| {
                let place: (i64, i64) = (row.get("began_at")?, row.get("session")?);
                Ok((
                    place,
                    row.get::<_, i64>("at")?,
                    row.get::<_, i64>("duration_ms")?,
                ))
            })
            .optional()?;
        if let Some((place, at, working_ms)) = known {
            if place <= (self.began_at, self.session) {
                return Ok(());
            }
            let delta = self.delta(place.1, at, 0);
            delta.less.turns += 1;
            delta.less.working_ms = delta.less.working_ms.saturating_add(working_ms);
        }
        let (session, at) = (self.session, turn.at.as_millis());
        let working_ms = bytes(turn.duration_ms);
        self.tx
            .prepare_cached(
                "INSERT INTO turns (key, session, at, duration_ms) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET session = excluded.session, at = excluded.at,
                     duration_ms = excluded.duration_ms",
            )?
            .execute((&turn.key, session, at, working_ms))?;
        let delta = self.delta(session, at, 0);
        delta.more.turns += 1;
        delta.more.working_ms = delta.more.working_ms.saturating_add(working_ms);
        Ok(())
    }

    /// Writes the answers down and brings the sums up to date.
    pub(crate) fn close(mut self) -> Result<(), StoreError> {
        self.write_answers()?;
        if self.sums.is_empty() {
            return Ok(());
        }
        let of_quarters = ["quarter", "session", "model"];
        let mut quarters = Sheet::open(self.tx, "usage_quarters", of_quarters)?;
        let mut by_session = Sheet::open(self.tx, "usage_days", ["day", "session", "model"])?;
        let mut totals = Sheet::open(self.tx, "usage_day_totals", ["day", "model"])?;
        let until = crate::days::until(self.tx)?;
        let mut of_all = HashMap::<(Day, i64), Delta>::new();
        for ((quarter, day, session, model), delta) in &self.sums {
            let change = delta.change();
            quarters.add([*quarter, *session, *model], &change)?;
            if until.is_some_and(|until| *quarter >= until) {
                continue;
            }
            by_session.add([*day, *session, *model], &change)?;
            let total = of_all.entry((*day, *model)).or_default();
            total.more.add(&delta.more);
            total.less.add(&delta.less);
        }
        for ((day, model), delta) in &of_all {
            totals.add([*day, *model], &delta.change())?;
        }
        Ok(())
    }

    fn write_answers(&mut self) -> Result<(), StoreError> {
        let mut write = self.tx.prepare_cached(
            "INSERT INTO usage (key, session, model, at, message_id, input, output,
                 cache_write_5m, cache_write_1h, cache_read, reasoning, cost)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (key) DO UPDATE SET session = excluded.session, model = excluded.model,
                 at = excluded.at, message_id = excluded.message_id, input = excluded.input,
                 output = excluded.output, cache_write_5m = excluded.cache_write_5m,
                 cache_write_1h = excluded.cache_write_1h, cache_read = excluded.cache_read,
                 reasoning = excluded.reasoning, cost = excluded.cost",
        )?;
        for (key, answer) in std::mem::take(&mut self.answers) {
            let now = &answer.now;
            if answer.known.as_ref() == Some(now) {
                continue;
            }
            let tokens = &now.tokens;
            write.execute((
                key,
                now.session,
                now.model,
                now.at,
                answer.message_id,
                bytes(tokens.input),
                bytes(tokens.output),
                bytes(tokens.cache_write_5m),
                bytes(tokens.cache_write_1h),
                bytes(tokens.cache_read),
                bytes(tokens.reasoning),
                now.cost,
            ))?;
            if let Some(known) = answer.known {
                let delta = self.delta(known.session, known.at, known.model);
                delta.less.add(&known.tally());
            }
            let delta = self.delta(now.session, now.at, now.model);
            delta.more.add(&now.tally());
        }
        Ok(())
    }

    fn delta(&mut self, session: i64, at: i64, model: i64) -> &mut Delta {
        let at = Timestamp::from_millis(at);
        let key = (quarter(at), self.zone.day(at), session, model);
        self.sums.entry(key).or_default()
    }

    fn model(&mut self, name: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.models.get(name) {
            return Ok(*id);
        }
        self.tx
            .prepare_cached("INSERT INTO usage_models (name) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([name])?;
        let id = self
            .tx
            .prepare_cached("SELECT id FROM usage_models WHERE name = ?1")?
            .query_row([name], |row| row.get(0))?;
        self.models.insert(name.to_owned(), id);
        Ok(id)
    }
}

/// A row of `usage`, as far as sums are made of it.
#[derive(Clone, Copy, PartialEq)]
struct Counted {
    session: i64,
    began_at: i64,
    model: i64,
    at: i64,
    tokens: Tokens,
    cost: Option<i64>,
}

impl Counted {
    fn of(db: &Connection, key: &str) -> Result<Option<Self>, StoreError> {
        let sql = "SELECT u.*, s.began_at FROM usage u JOIN usage_sessions s ON s.id = u.session
                   WHERE key = ?1";
        db.prepare_cached(sql)?
            .query_row([key], |row| Ok(Self::read(row)))
            .optional()?
            .transpose()
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            session: row.get("session")?,
            began_at: row.get("began_at")?,
            model: row.get("model")?,
            at: row.get("at")?,
            tokens: tokens(row)?,
            cost: row.get("cost")?,
        })
    }

    fn tally(&self) -> Tally {
        Tally {
            answers: 1,
            unpriced: i64::from(self.cost.is_none()),
            tokens: self.tokens,
            cost: self.cost.unwrap_or(0),
            ..Tally::default()
        }
    }
}

impl Tally {
    /// Adds another one, as far as there are numbers for it.
    pub fn add(&mut self, other: &Self) {
        self.answers = self.answers.saturating_add(other.answers);
        self.unpriced = self.unpriced.saturating_add(other.unpriced);
        self.turns = self.turns.saturating_add(other.turns);
        self.working_ms = self.working_ms.saturating_add(other.working_ms);
        self.cost = self.cost.saturating_add(other.cost);
        let (mine, theirs) = (&mut self.tokens, &other.tokens);
        mine.input = mine.input.saturating_add(theirs.input);
        mine.output = mine.output.saturating_add(theirs.output);
        mine.cache_write_5m = mine.cache_write_5m.saturating_add(theirs.cache_write_5m);
        mine.cache_write_1h = mine.cache_write_1h.saturating_add(theirs.cache_write_1h);
        mine.cache_read = mine.cache_read.saturating_add(theirs.cache_read);
        mine.reasoning = mine.reasoning.saturating_add(theirs.reasoning);
    }

    /// In the order of [`SUMS`].
    fn values(&self) -> [i64; 11] {
        let tokens = &self.tokens;
        [
            self.answers,
            self.unpriced,
            self.turns,
            self.working_ms,
            bytes(tokens.input),
            bytes(tokens.output),
            bytes(tokens.cache_write_5m),
            bytes(tokens.cache_write_1h),
            bytes(tokens.cache_read),
            bytes(tokens.reasoning),
            self.cost,
        ]
    }

    /// Reads the columns of [`SUMS`].
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            answers: row.get("answers")?,
            unpriced: row.get("unpriced")?,
            turns: row.get("turns")?,
            working_ms: row.get("working_ms")?,
            tokens: tokens(row)?,
            cost: row.get("cost")?,
        })
    }
}

pub(crate) fn tokens(row: &Row<'_>) -> Result<Tokens, StoreError> {
    Ok(Tokens {
        input: unsigned(row, "input")?,
        output: unsigned(row, "output")?,
        cache_write_5m: unsigned(row, "cache_write_5m")?,
        cache_write_1h: unsigned(row, "cache_write_1h")?,
        cache_read: unsigned(row, "cache_read")?,
        reasoning: unsigned(row, "reasoning")?,
    })
}

/// A table of sums, whose rows have `N` columns that name them.
struct Sheet<'a, const N: usize> {
    add: CachedStatement<'a>,
    clear: CachedStatement<'a>,
}

impl<'a, const N: usize> Sheet<'a, N> {
    fn open(db: &'a Connection, table: &str, place: [&str; N]) -> Result<Self, StoreError> {
        let marks: Vec<String> = (1..=N + SUMS.len()).map(|n| format!("?{n}")).collect();
        let add = format!(
            "INSERT INTO {table} ({}, {}) VALUES ({}) ON CONFLICT DO UPDATE SET {}",
            place.join(", "),
            SUMS.join(", "),
            marks.join(", "),
            added()
        );
        let clear = format!(
            "DELETE FROM {table} WHERE ({}) = ({}) AND answers = 0 AND turns = 0",
            place.join(", "),
            marks[..N].join(", ")
        );
        Ok(Self {
            add: db.prepare_cached(&add)?,
            clear: db.prepare_cached(&clear)?,
        })
    }

    /// Adds to a sum, and removes it where nothing is left of it.
    fn add(&mut self, place: [i64; N], change: &[i64]) -> Result<(), StoreError> {
        // What came and went again has left nothing to add to.
        if change.iter().all(|value| *value == 0) {
            return Ok(());
        }
        let values = place.iter().chain(change);
        self.add.execute(rusqlite::params_from_iter(values))?;
        if change.iter().any(|value| *value < 0) {
            self.clear.execute(rusqlite::params_from_iter(place))?;
        }
        Ok(())
    }
}

/// What adds to sums that are there.
pub(crate) fn added() -> String {
    SUMS.map(|column| format!("{column} = {column} + excluded.{column}"))
        .join(", ")
}
