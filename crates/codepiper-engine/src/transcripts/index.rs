//! The index of words, which follows what was written down.

use std::time::Duration;

use codepiper_store::{Store, words};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Revisions;
use super::retry::Retry;

/// How many entries are indexed in one transaction, for which others wait.
const AT_ONCE: usize = 256;

/// How many bytes of them, but for the last one.
const BYTES_AT_ONCE: usize = 128 * 1024;

/// How long nothing was written down when the next ones are indexed.
const QUIET: Duration = Duration::from_millis(15);

/// How long that is waited for.
const PATIENCE: Duration = Duration::from_millis(400);

/// Indexes what is not indexed yet, and what comes, until `stop`.
pub(crate) async fn keep_index(store: Store, mut revisions: Revisions, stop: CancellationToken) {
    let mut failed = None;
    while !stop.is_cancelled() {
        quiet(&mut revisions).await;
        let index =
            |tx: &codepiper_store::Transaction<'_>| words::index(tx, AT_ONCE, BYTES_AT_ONCE);
        match store.write(index).await {
            Ok(true) => {
                failed = None;
                continue;
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "cannot index a conversation");
                let next = failed.insert(Retry::after(failed)).at;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = sleep_until(next) => continue,
                }
            }
        }
        failed = None;
        tokio::select! {
            () = stop.cancelled() => return,
            changed = revisions.changed() => if changed.is_err() { return },
        }
    }
}

/// Waits while a backlog is written down, which the index would only slow down.
async fn quiet(revisions: &mut Revisions) {
    let late = Instant::now() + PATIENCE;
    while revisions.has_changed().unwrap_or(false) && Instant::now() < late {
        revisions.mark_unchanged();
        sleep(QUIET).await;
    }
}
