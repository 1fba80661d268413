//! The audit: what was decided on every tool call, from what, by whom, and what came of it.

mod chain;
mod record;
mod redact;

use codepiper_model::Decision;
use codepiper_store::decisions::{self, DecisionQuery};
use codepiper_store::{Store, sessions};

use crate::EngineError;

pub(crate) use record::{Asked, Ruling, answered, came_of, note, record, rule_again};
pub(crate) use redact::Redactor;

/// Reads the audit.
#[derive(Clone)]
pub struct Audit {
    store: Store,
}

/// Which decisions to read.
pub type DecisionFilter = DecisionQuery;

impl Audit {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Decisions, newest first.
    pub async fn decisions(&self, filter: DecisionFilter) -> Result<Vec<Decision>, EngineError> {
        let session = filter.session_id;
        let read = move |db: &codepiper_store::Connection| {
            let is_known = match session {
                Some(id) => sessions::get(db, id)?.is_some(),
                None => true,
            };
            let is_place = match &filter.before {
                Some(id) => decisions::get(db, id)?.is_some(),
                None => true,
            };
            let found = decisions::query(db, &filter)?;
            Ok((found, is_known, is_place))
        };
        let (found, is_known, is_place) = self.store.read(read).await?;
        match session {
            // The audit outlives its session.
            Some(id) if !is_known && found.is_empty() => Err(EngineError::no_session(id)),
            _ if !is_place => Err(EngineError::invalid(
                "before",
                "`before` is no decision's id",
            )),
            _ => Ok(found),
        }
    }
}
