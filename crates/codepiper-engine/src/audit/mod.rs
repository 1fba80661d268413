//! The audit: what was decided on every tool call, from what, by whom, and what came of it.

mod asked;
mod chain;
mod export;
mod head;
mod record;
mod redact;
mod search;
mod verify;

use std::path::PathBuf;

use codepiper_store::Store;

use crate::EngineError;

pub(crate) use asked::{Asked, request_hash};
pub use export::Export;
pub use head::{Head, Heads};
pub(crate) use head::{keep as keep_head, kept as kept_heads};
pub(crate) use record::{
    Ruling, answered, came_of, input_changed, note, record, record_before, rule_again,
    shown_answer, started, submitted,
};
pub(crate) use redact::Redactor;
pub use search::{DecisionFilter, EntryFilter, Query as AuditQuery, StoredDecision, StoredEntry};
pub(crate) use verify::verify;
pub use verify::{Problem, Verification};

/// Reads the audit.
#[derive(Clone)]
pub struct Audit {
    store: Store,
    /// Where the newest hashes are kept.
    head_file: PathBuf,
}

impl Audit {
    pub(crate) fn new(store: Store, head_file: PathBuf) -> Self {
        Self { store, head_file }
    }

    /// Checks that nothing was changed, removed, put in between or moved, and that the end was not
    /// cut off. With `noted`, that the row of that hash is still there.
    pub async fn verify(&self, noted: Option<String>) -> Result<Verification, EngineError> {
        let file = self.head_file.clone();
        let check = move |db: &codepiper_store::Connection| {
            verify(db, kept_heads(&file).as_ref(), noted.as_deref())
        };
        Ok(self.store.read(check).await?)
    }
}
