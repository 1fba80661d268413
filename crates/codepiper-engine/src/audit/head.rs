//! The newest hashes of the audit, kept in a file beside the database: a chain shows what was altered
//! inside it, and this shows that its end was cut off.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{Clock, EntryKind, Timestamp};
use codepiper_store::chain::{self, Chain};
use codepiper_store::{Connection, Store, StoreError, Transaction, audit, decisions};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::EngineError;
use crate::config::write_private;

/// The least time between two writings of the file.
const PAUSE: Duration = Duration::from_millis(250);

/// The newest hash of each chain; none where it is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditHeads)]
pub struct Heads {
    /// Of the decisions.
    pub decisions: Option<Head>,
    /// Of what came after them.
    pub after: Option<Head>,
}

/// The newest row of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditHead)]
pub struct Head {
    /// Its place.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// Reads the heads that were kept; `None` where there are none.
pub(crate) fn kept(path: &std::path::Path) -> Option<Heads> {
    let bytes = fs_err::read(path).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Keeps the file up to date until `stop`. A file that does not fit the database is evidence: it
/// stays as it is.
pub(crate) async fn keep(
    store: Store,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    mut changes: watch::Receiver<i64>,
    stop: CancellationToken,
) {
    let file = path.clone();
    let fits = store.read(move |db| fits(db, kept(&file).as_ref())).await;
    if !fits.unwrap_or(false) {
        tracing::error!(
            file = %path.display(),
            "the audit lacks a row that was there; `codepiper audit verify` says which"
        );
        return;
    }
    if kept(&path).is_none()
        && let Err(error) = note_missing(&store, clock.now()).await
    {
        tracing::error!(%error, "cannot note that the head of the audit was missing");
    }
    let mut written = kept(&path).unwrap_or_default();
    loop {
        changes.borrow_and_update();
        match write(&store, &path, &mut written).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "cannot keep the head of the audit"),
        }
        tokio::select! {
            Ok(()) = changes.changed() => {}
            () = stop.cancelled() => break,
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = stop.cancelled() => {}
        }
    }
    drop(write(&store, &path, &mut written).await);
}

/// Notes in the audit itself that nothing tells whether its end was cut off before.
async fn note_missing(store: &Store, at: Timestamp) -> Result<(), EngineError> {
    let note = move |tx: &Transaction<'_>| {
        let heads = heads(tx)?;
        if heads == Heads::default() {
            return Ok(());
        }
        super::note(tx, EntryKind::HeadMissing, &json!({ "found": heads }), at)
    };
    Ok(store.write(note).await?)
}

async fn write(
    store: &Store,
    path: &std::path::Path,
    written: &mut Heads,
) -> Result<(), EngineError> {
    let now = store.read(heads).await?;
    if now == *written {
        return Ok(());
    }
    let fresh = path.with_extension("fresh");
    let text = serde_json::to_vec(&now).map_err(EngineError::internal)?;
    write_private(&fresh, &text)?;
    fs_err::rename(&fresh, path)?;
    *written = now;
    Ok(())
}

fn heads(db: &Connection) -> Result<Heads, StoreError> {
    let head = |(seq, hash): (i64, String)| Head { seq, hash };
    Ok(Heads {
        decisions: decisions::last(db)?.map(head),
        after: audit::last(db)?.map(head),
    })
}

/// Whether the rows that were kept are still there.
fn fits(db: &Connection, kept: Option<&Heads>) -> Result<bool, StoreError> {
    let Some(kept) = kept else { return Ok(true) };
    let is_there = |chain, head: &Option<Head>| match head {
        None => Ok(true),
        Some(head) => {
            let found = chain::links(db, chain, head.seq - 1, 1)?;
            Ok::<_, StoreError>(found.first().is_some_and(|link| link.hash == head.hash))
        }
    };
    Ok(is_there(Chain::Decisions, &kept.decisions)? && is_there(Chain::After, &kept.after)?)
}
