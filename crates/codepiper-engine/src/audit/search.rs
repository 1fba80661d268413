//! Reading the audit by what is asked for.

use codepiper_model::{Decision, Entry, SessionId};
use codepiper_store::audit::{self, EntryQuery};
use codepiper_store::decisions::{self, DecisionQuery};
use codepiper_store::{Connection, Reach, Store, StoreError, Stretch, sessions};

pub use codepiper_store::audit::StoredEntry;
pub use codepiper_store::decisions::StoredDecision;

use super::Audit;
use crate::EngineError;

/// Which decisions to read.
pub type DecisionFilter = DecisionQuery;

/// Which entries to read.
pub type EntryFilter = EntryQuery;

/// What can be looked for in one of the two chains.
pub trait Query: Clone + Send + Sync + 'static {
    /// What is found.
    type Row: Send + 'static;

    /// Looks through one stretch.
    fn search(
        &self,
        db: &Connection,
        reach: Reach,
        limit: usize,
    ) -> Result<Stretch<Self::Row>, StoreError>;
}

impl Query for DecisionQuery {
    type Row = StoredDecision;

    fn search(
        &self,
        db: &Connection,
        reach: Reach,
        limit: usize,
    ) -> Result<Stretch<StoredDecision>, StoreError> {
        decisions::search(db, self, reach, limit)
    }
}

impl Query for EntryQuery {
    type Row = StoredEntry;

    fn search(
        &self,
        db: &Connection,
        reach: Reach,
        limit: usize,
    ) -> Result<Stretch<StoredEntry>, StoreError> {
        audit::search(db, self, reach, limit)
    }
}

/// One stretch. Each is a read of its own, so that a long search keeps nobody else waiting, and ends
/// with whoever wanted it.
pub(super) async fn stretch<Q: Query>(
    store: &Store,
    query: &Q,
    reach: Reach,
    limit: usize,
) -> Result<Stretch<Q::Row>, EngineError> {
    let query = query.clone();
    Ok(store.read(move |db| query.search(db, reach, limit)).await?)
}

impl Audit {
    /// Decisions, newest first: at most `limit`, and earlier than the one of the id `before`.
    pub async fn decisions(
        &self,
        filter: DecisionFilter,
        before: Option<String>,
        limit: usize,
    ) -> Result<Vec<Decision>, EngineError> {
        let reach = match before {
            None => Reach::NEWEST,
            Some(id) => {
                let place = self.store.read(move |db| decisions::place(db, &id)).await?;
                let none = || EngineError::invalid("before", "`before` is no decision's id");
                Reach::Before(place.ok_or_else(none)?)
            }
        };
        let found = self.collect(&filter, reach, limit).await?;
        if found.is_empty() {
            self.check_session(filter.session_id).await?;
        }
        Ok(found.into_iter().map(|stored| stored.decision).collect())
    }

    /// Entries beside the decisions, newest first: at most `limit`, and earlier than the one at
    /// `before`.
    pub async fn entries(
        &self,
        filter: EntryFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Entry>, EngineError> {
        let reach = before.map_or(Reach::NEWEST, Reach::Before);
        let found = self.collect(&filter, reach, limit).await?;
        Ok(found.into_iter().map(|stored| stored.entry).collect())
    }

    async fn collect<Q: Query>(
        &self,
        query: &Q,
        mut reach: Reach,
        limit: usize,
    ) -> Result<Vec<Q::Row>, EngineError> {
        let mut rows = Vec::new();
        loop {
            let found = stretch(&self.store, query, reach, limit - rows.len()).await?;
            rows.extend(found.rows);
            match found.next {
                Some(seq) if rows.len() < limit => reach = reach.from(seq),
                _ => return Ok(rows),
            }
        }
    }

    /// Refuses a session that was never there. One that is gone has its place in the audit.
    pub(super) async fn check_session(&self, id: Option<SessionId>) -> Result<(), EngineError> {
        let Some(id) = id else { return Ok(()) };
        let of_it = DecisionQuery {
            session_id: Some(id),
            ..DecisionQuery::default()
        };
        let is_known = self.store.read(move |db| {
            let is_there = sessions::get(db, id)?.is_some();
            Ok(is_there
                || !decisions::search(db, &of_it, Reach::NEWEST, 1)?
                    .rows
                    .is_empty())
        });
        if is_known.await? {
            return Ok(());
        }
        Err(EngineError::no_session(id))
    }
}
