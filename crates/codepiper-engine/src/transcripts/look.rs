//! Which files are looked at: those that changed, and in time those of which nothing is told.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use codepiper_model::SessionId;
use codepiper_store::sessions;
use tokio::time::Instant;

use super::file::Followed;
use super::retry::Retry;
use super::watch::Lot;
use super::{TranscriptTailer, find};

impl TranscriptTailer {
    /// Notes which files changed.
    pub(super) async fn note(&mut self, lot: &Lot) {
        let mut due: Vec<PathBuf> = Vec::new();
        self.give_up_moved(lot);
        self.find_sub_agents().await;
        for (path, file) in &mut self.files {
            if lot.all || file.is_among(&lot.paths) {
                file.resolve();
                due.push(path.clone());
            }
        }
        let mut grown = self.watch_nearer();
        for file in self.files.values() {
            let is_near = |folder: &PathBuf| {
                let changed = |path: &PathBuf| path.starts_with(folder) || folder.starts_with(path);
                lot.all || lot.paths.iter().any(changed)
            };
            if file.sub_agents().is_some_and(|folder| is_near(&folder)) {
                grown.insert(file.row.session_id);
            }
        }
        for path in due {
            self.is_due(path);
        }
        for id in grown {
            self.follow_again(id).await;
        }
    }

    async fn follow_again(&mut self, id: SessionId) {
        let read = move |db: &codepiper_store::Connection| sessions::get(db, id);
        if let Ok(Some(stored)) = self.store.read(read).await {
            self.follow(&stored.session).await;
        }
    }

    /// Looks for what nothing is told of: a folder far above that was moved away, and what was named
    /// before it was there.
    pub(super) async fn look_around(&mut self) {
        if self.watch.has_moved() || !self.unfound.is_empty() {
            self.note(&Lot::default()).await;
        }
    }

    /// Looks again for sub-agents that were named before their transcripts were there.
    async fn find_sub_agents(&mut self) {
        for named in std::mem::take(&mut self.unfound) {
            let by = self.files.get(Path::new(&named.by.path));
            let is_live = by.is_some_and(|file| !file.has_ended());
            self.claim_sub_agent(named, is_live).await;
        }
    }

    /// Folders that were moved away or removed are watched no more, whatever is at their places.
    fn give_up_moved(&mut self, lot: &Lot) {
        let moved = self.watch.give_up_moved(lot);
        if moved.is_empty() {
            return;
        }
        for watched in self.files.values_mut().flat_map(|file| &mut file.watched) {
            watched.take_if(|folder| moved.contains(folder));
        }
    }

    /// Watches the folders of files, or where those are not there yet the nearest ones around
    /// them. Returns the sessions for which something is watched from now on that was not before.
    pub(super) fn watch_nearer(&mut self) -> HashSet<SessionId> {
        let mut nearer = HashSet::new();
        for file in self.files.values_mut() {
            if file.is_last_look() {
                continue;
            }
            let mut folders = file.folders();
            for place in 0..folders.len() {
                let watched = &mut file.watched[place];
                let folder = folders[place].take();
                let Some(folder) = folder.filter(|folder| watched.as_ref() != Some(folder)) else {
                    continue;
                };
                let nearest = find::nearest_folder(&folder);
                let nearest = nearest.filter(|nearest| watched.as_ref() != Some(nearest));
                if let Some(nearest) = nearest.filter(|nearest| self.watch.add(nearest)) {
                    if let Some(farther) = watched.replace(nearest) {
                        self.watch.remove(&farther);
                    }
                    file.resolve();
                    folders[2] = file.folders()[2].take();
                    nearer.insert(file.row.session_id);
                }
            }
        }
        nearer
    }

    pub(super) fn has_unwatched(&self) -> bool {
        self.files.values().any(Followed::is_unwatched)
    }

    pub(super) fn note_unwatched(&mut self) {
        let unwatched = self.files.iter().filter(|(_, file)| file.is_unwatched());
        let paths: Vec<PathBuf> = unwatched.map(|(path, _)| path.clone()).collect();
        for path in paths {
            self.is_due(path);
        }
    }

    /// When it is looked at something though nothing changes.
    pub(super) fn next_look(&self) -> Option<Instant> {
        let files = self.files.values().filter_map(Followed::looked_at);
        files.chain(self.claim_again.map(|retry| retry.at)).min()
    }

    /// Looks for the last time at files whose sessions have ended, and again at what failed.
    pub(super) async fn look(&mut self) {
        let now = Instant::now();
        let is_now = |file: &Followed| file.looked_at().is_some_and(|at| at <= now);
        let files = self.files.iter().filter(|(_, file)| is_now(file));
        let paths: Vec<PathBuf> = files.map(|(path, _)| path.clone()).collect();
        for path in paths {
            self.is_due(path);
        }
        if let Some(retry) = self.claim_again.filter(|retry| retry.at <= now) {
            for id in std::mem::take(&mut self.unclaimed) {
                self.follow_again(id).await;
            }
            let fails = !self.unclaimed.is_empty();
            self.claim_again = fails.then(|| Retry::after(Some(retry)));
        }
    }
}
