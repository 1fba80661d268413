//! The audit: what was decided on every tool call, from what, by whom, and what came of it.

mod asked;
mod chain;
mod head;
mod record;
mod redact;
mod verify;

use std::path::PathBuf;

use codepiper_model::Decision;
use codepiper_store::decisions::{self, DecisionQuery};
use codepiper_store::{Store, sessions};

use crate::EngineError;

pub(crate) use asked::{Asked, request_hash};
pub(crate) use head::keep as keep_head;
pub use head::{Head, Heads};
pub(crate) use record::{
    Ruling, answered, came_of, input_changed, note, record, record_before, rule_again,
    shown_answer, submitted,
};
pub(crate) use redact::Redactor;
pub use verify::{Problem, Verification};

/// Reads the audit.
#[derive(Clone)]
pub struct Audit {
    store: Store,
    /// Where the newest hashes are kept.
    head_file: PathBuf,
}

/// Which decisions to read.
pub type DecisionFilter = DecisionQuery;

impl Audit {
    pub(crate) fn new(store: Store, head_file: PathBuf) -> Self {
        Self { store, head_file }
    }

    /// Checks that nothing was changed, removed, put in between or moved, and that the end was not
    /// cut off. With `noted`, that the row of that hash is still there.
    pub async fn verify(&self, noted: Option<String>) -> Result<Verification, EngineError> {
        let file = self.head_file.clone();
        let check = move |db: &codepiper_store::Connection| {
            verify::verify(db, head::kept(&file).as_ref(), noted.as_deref())
        };
        Ok(self.store.read(check).await?)
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
