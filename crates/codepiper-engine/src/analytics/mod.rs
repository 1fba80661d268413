//! What agents used, and what that costs.

mod counts;
mod prices;
mod prices_problem;
mod range;

use std::path::Path;
use std::sync::Arc;

use codepiper_model::zone::{date_text, quarter};
use codepiper_model::{Clock, Tokens, Zone};
use codepiper_store::analytics::{self as stored, Group, Removed, Sums};
use codepiper_store::tools::{self, ToolCalls};
use codepiper_store::usage::Tally;
use codepiper_store::whose::Whose;
use codepiper_store::{Connection, Store, StoreError, Transaction, days};
use tokio_util::sync::CancellationToken;

use crate::{EngineError, Settings};

pub use counts::Counts;
pub(crate) use prices::Prices;
pub use prices_problem::PricesProblem;
pub use range::{Range, RangeError};

/// The service for sums of usage.
#[derive(Clone)]
pub struct Analytics {
    store: Store,
    clock: Arc<dyn Clock>,
    prices: Arc<Prices>,
    settings: Settings,
    /// The zone of this machine.
    system: Arc<Zone>,
}

/// Of so many quarters of an hour days are made at once; others can write in between.
const QUARTERS_AT_ONCE: u32 = 500;

/// What usage is summed up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Each day of the zone.
    Day,
    /// Each hour of the zone.
    Hour,
    /// Each session.
    Session,
    /// Each project: the repository that the session worked in, or its directory.
    Project,
    /// Each agent.
    Provider,
    /// Each model.
    Model,
}

/// What to sum up.
#[derive(Clone, Debug, Default)]
pub struct UsageQuery {
    /// When it was used.
    pub range: Range,
    /// In which zone days begin; by default in the one that was set.
    pub zone: Option<Zone>,
    /// Whose.
    pub whose: Whose,
}

/// Sums of usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageSums {
    /// The first day, as people write it.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The zone of the days.
    pub time_zone: String,
    /// Each of the group by its name: a day `2026-11-23`, an hour `2026-11-23T14`, an id, a path.
    pub rows: Vec<(String, Tally)>,
    /// All together.
    pub total: Tally,
}

/// The days of a query, in buckets of a table.
struct Window {
    zone: Arc<Zone>,
    from: i64,
    to: i64,
    is_of_days: bool,
}

impl Analytics {
    /// The service. Days are made anew where they were kept in another time zone.
    pub(crate) async fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        prices: Arc<Prices>,
        settings: Settings,
        system: Arc<Zone>,
    ) -> Result<Self, EngineError> {
        let analytics = Self {
            store,
            clock,
            prices,
            settings,
            system,
        };
        analytics.make_days().await?;
        Ok(analytics)
    }

    /// Makes the days anew whenever another time zone is set, for as long as the daemon runs. What is
    /// asked for meanwhile is summed up by quarters of an hour.
    pub(crate) async fn keep_zone(self, stop: CancellationToken) {
        let mut changes = self.settings.changes();
        loop {
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = stop.cancelled() => return,
            }
            if let Err(error) = self.make_days().await {
                tracing::error!(%error, "cannot make the days in the time zone that was set");
            }
        }
    }

    /// Makes the days where they are of another zone, or were not made to their end.
    async fn make_days(&self) -> Result<(), EngineError> {
        let zone = self.zone();
        let begin = move |tx: &Transaction<'_>| {
            let kept = days::kept(tx)?;
            if kept.is_none_or(|kept| kept.zone != zone.name()) {
                days::begin(tx, &zone)?;
            }
            Ok(())
        };
        self.store.write(begin).await?;
        self.finish_days().await
    }

    async fn finish_days(&self) -> Result<(), EngineError> {
        let go_on = |tx: &Transaction<'_>| days::go_on(tx, QUARTERS_AT_ONCE);
        while self.store.write(go_on).await? {}
        Ok(())
    }

    /// The zone that was set, or that of this machine.
    fn zone(&self) -> Arc<Zone> {
        let named = self.settings.get().time_zone;
        let named = named.and_then(|name| Zone::named(&name));
        named.map_or_else(|| Arc::clone(&self.system), Arc::new)
    }

    /// Sums up, for each of `by`.
    pub async fn usage(&self, query: UsageQuery, by: Option<By>) -> Result<UsageSums, EngineError> {
        let (zone, now) = (self.zone_of(&query), self.clock.now());
        let read = move |db: &Connection| {
            let kept = days::kept(db)?;
            let is_ours = kept.is_some_and(|kept| kept.is_whole && kept.zone == zone.name());
            let span = stored::span(db)?;
            let days = query.range.days(&zone, now, span);
            let window = Window {
                from: days.0,
                to: days.1,
                is_of_days: is_ours && by != Some(By::Hour),
                zone,
            };
            let rows = match by {
                Some(by) => window.rows(db, &query, by)?,
                None => Vec::new(),
            };
            let total = stored::sums(db, &window.sums(&query), Group::Total)?;
            let total = total
                .first()
                .map_or_else(Tally::default, |(_, tally)| *tally);
            Ok(UsageSums {
                from: date_text(days.0),
                to: date_text(days.1),
                time_zone: window.zone.name().to_owned(),
                rows,
                total,
            })
        };
        Ok(self.store.read(read).await?)
    }

    /// The tools that were used, the most used first.
    pub async fn tools(
        &self,
        query: UsageQuery,
        limit: usize,
    ) -> Result<Vec<ToolCalls>, EngineError> {
        let (zone, now) = (self.zone_of(&query), self.clock.now());
        let read = move |db: &Connection| {
            let (from, to) = query.range.days(&zone, now, stored::span(db)?);
            let span = (zone.beginning(from), zone.beginning(to + 1));
            let utc = Zone::utc();
            let over = span.1.min(utc.beginning(utc.day(now)));
            Ok((span, tools::unmade(db, (span.0, over))?))
        };
        let (span, unmade) = self.store.read(read).await?;
        for day in unmade {
            let make = move |tx: &Transaction<'_>| tools::make(tx, day);
            if let Err(error) = self.store.write(make).await {
                // Its calls are counted one by one then.
                tracing::warn!(%error, "cannot sum the calls of a day up");
                break;
            }
        }
        let read = move |db: &Connection| tools::calls(db, span, &query.whose, limit);
        Ok(self.store.read(read).await?)
    }

    /// When usage was: for each day of the week (0 is Monday) and hour of the day.
    pub async fn heat(&self, query: UsageQuery) -> Result<Vec<(u8, u8, Tally)>, EngineError> {
        let (zone, now) = (self.zone_of(&query), self.clock.now());
        let read = move |db: &Connection| {
            let (from, to) = query.range.days(&zone, now, stored::span(db)?);
            let window = Window {
                zone: Arc::clone(&zone),
                from,
                to,
                is_of_days: false,
            };
            let mut cells = vec![Tally::default(); 7 * 24];
            for (quarter, tally) in stored::sums(db, &window.sums(&query), Group::Bucket)? {
                let (hour, weekday) = zone.hour_and_weekday(moment(&quarter));
                cells[usize::from(weekday) * 24 + usize::from(hour)].add(&tally);
            }
            let cells = (0..7_u8)
                .flat_map(|day| (0..24_u8).map(move |hour| (day, hour)))
                .zip(cells);
            Ok(cells
                .map(|((day, hour), tally)| (day, hour, tally))
                .collect())
        };
        Ok(self.store.read(read).await?)
    }

    /// Counts everything anew, with the prices of now. A day at a time, so that others can write
    /// in between. Says what was removed since it cannot have been.
    pub async fn rebuild(&self) -> Result<Removed, EngineError> {
        let (mut last, mut removed) = (None, Removed::default());
        while let Some(day) = self
            .store
            .read(move |db| stored::next_day(db, last))
            .await?
        {
            let prices = Arc::clone(&self.prices);
            let recount = move |tx: &Transaction<'_>| {
                stored::recount(tx, day, |model, at, tokens| prices.cost(model, at, tokens))
            };
            let of_day = self.store.write(recount).await?;
            removed.answers += of_day.answers;
            removed.turns += of_day.turns;
            last = Some(day);
        }
        if removed != Removed::default() {
            tracing::warn!(?removed, "numbers that cannot be are counted no more");
        }
        let zone = self.zone();
        let begin = move |tx: &Transaction<'_>| days::begin(tx, &zone);
        self.store.write(begin).await?;
        self.finish_days().await?;
        Ok(removed)
    }

    /// Why the person's own prices are left out, where they are.
    pub fn prices_problem(&self) -> Option<&PricesProblem> {
        self.prices.problem()
    }

    fn zone_of(&self, query: &UsageQuery) -> Arc<Zone> {
        query.zone.clone().map_or_else(|| self.zone(), Arc::new)
    }
}

impl Window {
    fn rows(
        &self,
        db: &Connection,
        query: &UsageQuery,
        by: By,
    ) -> Result<Vec<(String, Tally)>, StoreError> {
        let group = match by {
            By::Day | By::Hour => Group::Bucket,
            By::Session => Group::Session,
            By::Project => Group::Project,
            By::Provider => Group::Provider,
            By::Model => Group::Model,
        };
        let found = stored::sums(db, &self.sums(query), group)?;
        if group != Group::Bucket {
            return Ok(found);
        }
        let mut rows: Vec<(String, Tally)> = Vec::new();
        let mut found: Vec<(i64, Tally)> = found
            .into_iter()
            .filter_map(|(bucket, tally)| Some((bucket.parse().ok()?, tally)))
            .collect();
        found.sort_by_key(|(bucket, _)| *bucket);
        for (bucket, tally) in found {
            let name = self.name(bucket, by);
            match rows.last_mut() {
                Some((last, sum)) if *last == name => sum.add(&tally),
                _ => rows.push((name, tally)),
            }
        }
        Ok(rows)
    }

    fn name(&self, bucket: i64, by: By) -> String {
        if self.is_of_days {
            return date_text(bucket);
        }
        let at = codepiper_model::zone::quarter_begins(bucket);
        let day = date_text(self.zone.day(at));
        if by == By::Day {
            return day;
        }
        format!("{day}T{:02}", self.zone.hour_and_weekday(at).0)
    }

    fn sums(&self, query: &UsageQuery) -> Sums {
        let (from, to) = if self.is_of_days {
            (self.from, self.to)
        } else {
            let until = quarter(self.zone.beginning(self.to + 1));
            (quarter(self.zone.beginning(self.from)), until - 1)
        };
        Sums {
            is_by_day: self.is_of_days,
            from,
            to,
            whose: query.whose.clone(),
        }
    }
}

fn moment(quarter: &str) -> codepiper_model::Timestamp {
    codepiper_model::zone::quarter_begins(quarter.parse().unwrap_or(0))
}

/// The share of what models read that came from the cache, in percent.
#[expect(clippy::cast_precision_loss, reason = "a share")]
pub fn cache_hit_rate(tokens: &Tokens) -> f64 {
    let read = tokens.read();
    if read == 0 {
        return 0.0;
    }
    (tokens.cache_read as f64 / read as f64 * 1000.0).round() / 10.0
}

/// The prices that count here. An own list that cannot be read is said to be so.
pub(crate) fn load_prices(own: &Path) -> Prices {
    let prices = Prices::load(own);
    if let Some(problem) = prices.problem() {
        tracing::warn!(%problem, "the own list of prices is left out");
    }
    prices
}

/// How many prices a person's own list has, as it is now; none where there is no list.
pub fn check_prices(own: &Path) -> Result<usize, PricesProblem> {
    Ok(Prices::own(own)?.count())
}
