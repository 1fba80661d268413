//! The index of words, which follows what was written down.

use codepiper_store::{Store, words};
use tokio_util::sync::CancellationToken;

use super::Revisions;

/// How many entries are indexed in one transaction, for which others wait.
const AT_ONCE: usize = 64;

/// How many bytes of them, but for the last one.
const BYTES_AT_ONCE: usize = 64 * 1024;

/// Indexes what is not indexed yet, and what comes, until `stop`.
pub(crate) async fn keep_index(store: Store, mut revisions: Revisions, stop: CancellationToken) {
    loop {
        let index =
            |tx: &codepiper_store::Transaction<'_>| words::index(tx, AT_ONCE, BYTES_AT_ONCE);
        match store.write(index).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "cannot index a conversation"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = revisions.changed() => if changed.is_err() { return },
        }
    }
}
