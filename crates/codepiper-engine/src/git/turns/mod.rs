//! What each turn of an agent changed: the tree of all files when it began, and when it ended.
//!
//! Nothing of a person's is touched for that: the index is a copy, and what git is to keep stands under
//! refs of our own, which name trees, so that no history shows them. No turn waits for it, and no turn
//! fails of it; of one that could not be noted it is said why.

mod kept;
mod noting;
mod reader;
mod snapshot;
mod view;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use codepiper_model::{Clock, Seq};
use codepiper_store::Store;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::GitReview;
use crate::Config;

pub use view::{TurnView, TurnsView};

/// The turns of all sessions.
#[derive(Clone)]
pub struct Turns {
    store: Store,
    clock: Arc<dyn Clock>,
    git: GitReview,
    /// Where copies of indexes are while they are used.
    dir: PathBuf,
    wake: Arc<Notify>,
    lanes: Lanes,
}

/// Snapshots of one repository go one after another.
type Lanes = Arc<Mutex<HashMap<PathBuf, Arc<tokio::sync::Mutex<()>>>>>;

impl Turns {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>, config: &Config) -> Self {
        Self {
            store,
            clock,
            git: GitReview::new(config),
            dir: config.state_dir().join("turns"),
            wake: Arc::default(),
            lanes: Lanes::default(),
        }
    }

    /// Has what repositories keep of sessions that are gone removed.
    pub(crate) fn forget_gone(&self) {
        self.wake.notify_one();
    }

    fn lane(&self, repository: &Path) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits has a clone.
        lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        Arc::clone(lanes.entry(repository.to_owned()).or_default())
    }
}

/// Follows the turns of all sessions until `stop`, also those that went on before this daemon.
pub(crate) async fn follow(turns: Turns, latest: watch::Receiver<Seq>, stop: CancellationToken) {
    let dir = turns.dir.clone();
    // Of a daemon that was killed.
    let clear = tokio::task::spawn_blocking(move || match fs_err::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "cannot remove old copies of indexes");
        }
        _ => {}
    });
    drop(clear.await);
    tokio::select! {
        () = stop.cancelled() => {}
        () = turns.read_on(latest) => {}
        () = turns.note_all() => {}
    }
}
