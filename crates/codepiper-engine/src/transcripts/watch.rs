//! Which files changed.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

/// Folders that are watched. A change is kept as a path in a set, so there are never more than
/// there are files; where the system has lost changes, every file counts as changed.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    folders: HashMap<PathBuf, Watched>,
    changed: Arc<Changed>,
}

/// A folder that is watched.
struct Watched {
    /// For how many files.
    count: usize,
    /// Its device and inode: what is watched is the folder, not its place.
    identity: Option<(u64, u64)>,
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
    /// Those at which something appeared, went or was moved.
    moved: HashSet<PathBuf>,
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
                Ok(event) => {
                    if has_moved(event.kind) {
                        lot.moved.extend(event.paths.iter().cloned());
                    }
                    lot.paths.extend(event.paths);
                }
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
        if let Some(watched) = self.folders.get_mut(folder) {
            watched.count += 1;
            return true;
        }
        let identity = identity(folder);
        let Some(watcher) = &mut self.watcher else {
            return false;
        };
        if watcher.watch(folder, RecursiveMode::NonRecursive).is_err() {
            return false;
        }
        let watched = Watched { count: 1, identity };
        self.folders.insert(folder.to_owned(), watched);
        true
    }

    /// Whether a folder is not what is at its place any more.
    pub(super) fn has_moved(&self) -> bool {
        let mut folders = self.folders.iter();
        folders.any(|(folder, watched)| identity(folder) != watched.identity)
    }

    /// Gives up the folders that are not what is at their places any more, and returns them.
    pub(super) fn give_up_moved(&mut self, lot: &Lot) -> HashSet<PathBuf> {
        let is_moved = |folder: &PathBuf, watched: &Watched| {
            lot.moved.contains(folder) || identity(folder) != watched.identity
        };
        let moved = self
            .folders
            .extract_if(|folder, watched| is_moved(folder, watched));
        let moved: HashSet<PathBuf> = moved.map(|(folder, _)| folder).collect();
        for folder in &moved {
            self.unwatch(folder);
        }
        moved
    }

    /// Watches it for one file less.
    pub(super) fn remove(&mut self, folder: &Path) {
        let Some(watched) = self.folders.get_mut(folder) else {
            return;
        };
        watched.count -= 1;
        if watched.count == 0 {
            self.folders.remove(folder);
            self.unwatch(folder);
        }
    }

    fn unwatch(&mut self, folder: &Path) {
        if let Some(watcher) = &mut self.watcher {
            // A folder that is gone is not watched any more anyway.
            let _gone = watcher.unwatch(folder);
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

fn has_moved(kind: EventKind) -> bool {
    let is_renamed = matches!(kind, EventKind::Modify(ModifyKind::Name(_)));
    is_renamed || kind.is_create() || kind.is_remove()
}

fn identity(folder: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::metadata(folder).ok()?;
    Some((metadata.dev(), metadata.ino()))
}
