use codepiper_store::{Reach, Store};

use super::Audit;
use super::search::{DecisionFilter, EntryFilter, Query, stretch};
use crate::EngineError;

/// Rows that are read at a time, at most.
const ROWS: usize = 500;

/// Everything that a query finds in a chain, oldest first, read as fast as it is taken: between two
/// stretches nothing is held.
pub struct Export<Q> {
    store: Store,
    query: Q,
    /// Where the next stretch begins; none at the end.
    next: Option<i64>,
}

impl<Q: Query> Export<Q> {
    /// The next rows; there may be none among those that were looked at. `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Q::Row>>, EngineError> {
        let Some(seq) = self.next else {
            return Ok(None);
        };
        let found = stretch(&self.store, &self.query, Reach::After(seq), ROWS).await?;
        self.next = found.next;
        Ok(Some(found.rows))
    }
}

impl Audit {
    /// All decisions that are asked for.
    pub async fn export_decisions(
        &self,
        filter: DecisionFilter,
    ) -> Result<Export<DecisionFilter>, EngineError> {
        self.check_session(filter.session_id).await?;
        Ok(self.export(filter))
    }

    /// All entries beside the decisions that are asked for.
    pub fn export_entries(&self, filter: EntryFilter) -> Export<EntryFilter> {
        self.export(filter)
    }

    fn export<Q: Query>(&self, query: Q) -> Export<Q> {
        let store = self.store.clone();
        let next = Some(0);
        Export { store, query, next }
    }
}
