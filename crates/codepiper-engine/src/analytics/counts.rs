//! What there is to count beside usage.

use codepiper_model::zone::{date_text, quarter_begins};
use codepiper_store::counts::{self, Span};
use codepiper_store::whose::Whose;
use codepiper_store::{Connection, StoreError, analytics as stored};

use super::{Analytics, UsageQuery};
use crate::EngineError;

/// Sessions, and how long agents waited for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Sessions that were made, by agent.
    pub sessions: Vec<(String, usize)>,
    /// Sessions that live now.
    pub live: usize,
    /// How long agents waited for a person; milliseconds.
    pub waiting_ms: u64,
}

impl Analytics {
    /// Counts what there was beside usage.
    pub async fn counts(&self, query: UsageQuery) -> Result<Counts, EngineError> {
        let read = |db: &Connection, span, whose: &Whose| {
            Ok(Counts {
                sessions: counts::sessions(db, span, whose)?,
                live: counts::live_sessions(db, whose)?,
                waiting_ms: counts::waited_ms(db, span, whose)?,
            })
        };
        self.read_span(query, read).await
    }

    /// Decisions by day and what was decided.
    pub async fn decisions(
        &self,
        query: UsageQuery,
    ) -> Result<Vec<(String, String, u64)>, EngineError> {
        let zone = self.zone_of(&query);
        let found = self.read_span(query, counts::decisions).await?;
        let mut days: Vec<(String, String, u64)> = Vec::new();
        for (quarter, decision, count) in found {
            let day = date_text(zone.day(quarter_begins(quarter)));
            let known = days.iter_mut().find(|it| it.0 == day && it.1 == decision);
            match known {
                Some(known) => known.2 += count,
                None => days.push((day, decision, count)),
            }
        }
        Ok(days)
    }

    /// Decisions by the rule that made them.
    pub async fn rules(&self, query: UsageQuery) -> Result<Vec<counts::Decided>, EngineError> {
        self.read_span(query, counts::rules).await
    }

    async fn read_span<T: Send + 'static>(
        &self,
        query: UsageQuery,
        read: impl FnOnce(&Connection, Span, &Whose) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (zone, now) = (self.zone_of(&query), self.clock.now());
        let read = move |db: &Connection| {
            let (from, to) = query.range.days(&zone, now, stored::span(db)?);
            let span = (zone.beginning(from), zone.beginning(to + 1));
            read(db, span, &query.whose)
        };
        Ok(self.store.read(read).await?)
    }
}
