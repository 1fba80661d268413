//! Which files changed.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

/// Folders that are watched. A change is kept as a path in a set, so there are never more than
/// there are files; where the system has lost changes, every file counts as changed.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    /// How many files each watched folder is watched for.
    folders: HashMap<PathBuf, usize>,
    changed: Arc<Changed>,
}

#[derive(Default)]
struct Changed {
    paths: Mutex<Lot>,
    any: Notify,
}

/// The paths that changed since they were asked for last.
#[derive(Debug, Default)]
pub(super) struct Lot {
    pub(super) paths: HashSet<PathBuf>,
    /// Something was lost: any path may have changed.
    pub(super) all: bool,
}

impl Watch {
    pub(super) fn new() -> Self {
        let changed = Arc::new(Changed::default());
        let told = Arc::clone(&changed);
        let on_event = move |event: notify::Result<notify::Event>| {
            let mut lot = told.paths.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Ok(event) if event.need_rescan() => lot.all = true,
                Ok(event) if event.kind.is_access() => return,
                Ok(event) => lot.paths.extend(event.paths),
                Err(_) => lot.all = true,
            }
            drop(lot);
            told.any.notify_one();
        };
        let watcher = notify::recommended_watcher(on_event);
        if let Err(error) = &watcher {
            tracing::warn!(%error, "transcripts cannot be watched; they are looked at from time to time");
        }
        Self {
            watcher: watcher.ok(),
            folders: HashMap::new(),
            changed,
        }
    }

    /// Watches a folder for one more file. `false` where that cannot be done.
    pub(super) fn add(&mut self, folder: &Path) -> bool {
        if let Some(count) = self.folders.get_mut(folder) {
            *count += 1;
            return true;
        }
        let Some(watcher) = &mut self.watcher else {
            return false;
        };
        if watcher.watch(folder, RecursiveMode::NonRecursive).is_err() {
            return false;
        }
        self.folders.insert(folder.to_owned(), 1);
        true
    }

    /// Watches it for one file less.
    pub(super) fn remove(&mut self, folder: &Path) {
        let Some(count) = self.folders.get_mut(folder) else {
            return;
        };
        *count -= 1;
        if *count == 0 {
            self.folders.remove(folder);
            if let Some(watcher) = &mut self.watcher {
                // A folder that is gone is not watched any more anyway.
                let _gone = watcher.unwatch(folder);
            }
        }
    }

    /// Waits until something changed, and says what did.
    pub(super) async fn changed(&self) -> Lot {
        loop {
            let any = self.changed.any.notified();
            let lot = self.take();
            if lot.all || !lot.paths.is_empty() {
                return lot;
            }
            any.await;
        }
    }

    fn take(&self) -> Lot {
        let mut lot = self
            .changed
            .paths
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *lot)
    }
}
