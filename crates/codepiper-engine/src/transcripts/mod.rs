//! The service that follows what agents write down: every line once, whatever happens.
//!
//! A piece of a file is read, understood and written down together with how far that was, so a
//! daemon that is killed goes on behind the last piece. Files are watched; where that fails they
//! are looked at every five seconds. One task does it all, a piece at a time and each file in
//! turn; what changes meanwhile is kept as a set of paths, which is as long as there are files.

mod digest;
mod file;
mod find;
mod index;
mod piece;
mod reading;
mod watch;

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{Clock, ProviderId, Seq, Session, SessionId, Zone};
use codepiper_providers::provider;
use codepiper_store::transcripts::{self as rows, Transcript};
use codepiper_store::{Store, conversation, events, sessions};
use tokio::sync::watch as channel;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::analytics::Prices;
use crate::{EngineError, EventBus};

use file::Followed;
use watch::{Lot, Watch};

pub(crate) use index::keep_index;

/// How often files are looked at that cannot be watched.
const LOOK: Duration = Duration::from_secs(5);

/// What changes with every piece that was written down: the newest revision of the conversations.
pub(crate) type Revisions = channel::Receiver<i64>;

/// Follows transcripts.
pub(crate) struct TranscriptTailer {
    store: Store,
    events: EventBus,
    clock: Arc<dyn Clock>,
    prices: Arc<Prices>,
    zone: Arc<Zone>,
    revision: channel::Sender<i64>,
    watch: Watch,
    files: HashMap<PathBuf, Followed>,
    /// Files that may have something to read, each once.
    due: VecDeque<PathBuf>,
    /// What the work of each session is counted for, as far as that was asked for.
    projects: HashMap<SessionId, String>,
    /// The newest event that was looked at.
    seen: Seq,
}

/// What the tailer needs.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) events: EventBus,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) prices: Arc<Prices>,
    pub(crate) zone: Arc<Zone>,
}

impl TranscriptTailer {
    /// A tailer, and what changes with every piece that it has written down.
    pub(crate) async fn new(parts: Parts) -> Result<(Self, Revisions), EngineError> {
        let revision = parts.store.read(conversation::revision).await?;
        let (revision, revisions) = channel::channel(revision);
        let tailer = Self {
            store: parts.store,
            events: parts.events,
            clock: parts.clock,
            prices: parts.prices,
            zone: parts.zone,
            revision,
            watch: Watch::new(),
            files: HashMap::new(),
            due: VecDeque::new(),
            projects: HashMap::new(),
            seen: 0,
        };
        Ok((tailer, revisions))
    }

    /// Follows every transcript of every session until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut latest = self.events.latest();
        self.seen = *latest.borrow_and_update();
        if let Err(error) = self.catch_up().await {
            tracing::error!(%error, "cannot tell which transcripts there are");
        }
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let is_busy = !self.due.is_empty();
            let left_at = self.files.values().filter_map(|file| file.left_at).min();
            let leaves = left_at.unwrap_or_else(Instant::now);
            tokio::select! {
                () = stop.cancelled() => return,
                changed = latest.changed() => match changed {
                    Ok(()) => {
                        let newest = *latest.borrow_and_update();
                        self.follow_events(newest).await;
                    }
                    Err(_) => return,
                },
                lot = self.watch.changed() => self.note(&lot).await,
                () = tokio::time::sleep_until(leaves), if left_at.is_some() && !is_busy => self.note_left(),
                _ = look.tick(), if self.has_unwatched() => self.note_unwatched(),
                () = std::future::ready(()), if is_busy => self.read_on().await,
            }
        }
    }

    /// Takes up the files that were followed before, and those of the sessions.
    async fn catch_up(&mut self) -> Result<(), EngineError> {
        let read = |db: &codepiper_store::Connection| Ok((rows::all(db)?, sessions::all(db)?));
        let (files, sessions) = self.store.read(read).await?;
        let live = |id: SessionId| {
            let session = sessions.iter().find(|stored| stored.session.id == id);
            session.is_some_and(|stored| stored.session.status.is_live())
        };
        for row in files {
            // What was written after its end is there by now.
            let left_at = (!live(row.session_id)).then(Instant::now);
            self.take_up(row, left_at);
        }
        // Which session had a conversation last is known; the others have left it.
        for stored in &sessions {
            self.follow(&stored.session).await;
        }
        Ok(())
    }

    /// Looks at the sessions of which something was heard: they may have begun a conversation, and
    /// whoever is heard of may have written.
    async fn follow_events(&mut self, latest: Seq) {
        // A folder far above may have been moved away, of which nothing is told.
        self.note(&Lot::default()).await;
        let since = std::mem::replace(&mut self.seen, latest);
        let read = move |db: &codepiper_store::Connection| {
            let heard = events::sessions_since(db, since)?;
            let found = heard.into_iter().map(|id| sessions::get(db, id));
            found.collect::<Result<Vec<_>, _>>()
        };
        match self.store.read(read).await {
            Ok(found) => {
                for stored in found.into_iter().flatten() {
                    self.follow(&stored.session).await;
                }
            }
            Err(error) => tracing::error!(%error, "cannot tell which sessions were heard of"),
        }
    }

    /// Follows the transcript of a session, and those of its sub-agents.
    async fn follow(&mut self, session: &Session) {
        let Some(path) = session.transcript_path.clone() else {
            return;
        };
        let is_live = session.status.is_live();
        self.claim(&path, session.provider, session.id, None, is_live)
            .await;
        let folder = provider(session.provider).sub_agents_folder(&path);
        if let Some(folder) = folder {
            for path in find::files_in(folder).await {
                let agent = provider(session.provider).sub_agent_of(&path);
                if agent.is_some() {
                    self.claim(&path, session.provider, session.id, agent, is_live)
                        .await;
                }
            }
        }
        let of_session = self
            .files
            .iter_mut()
            .filter(|(_, file)| file.row.session_id == session.id && file.has_ended() == is_live);
        let mut due = Vec::new();
        for (path, file) in of_session {
            file.is_live(is_live);
            due.push(path.clone());
        }
        for path in due {
            self.is_due(path);
        }
    }

    /// Follows a file for a session, from where it was read before.
    async fn claim(
        &mut self,
        path: &Path,
        agent: ProviderId,
        session: SessionId,
        sub_agent: Option<String>,
        is_live: bool,
    ) {
        let known = self.files.get(path);
        if known.is_some_and(|file| file.row.session_id == session || !is_live) {
            self.is_due(path.to_owned());
            return;
        }
        let Some(text) = path.to_str().map(str::to_owned) else {
            return;
        };
        // A session that has ended and was read to its end is not asked for again.
        if !is_live && !path.exists() {
            return;
        }
        let claim = move |tx: &codepiper_store::Transaction<'_>| {
            rows::claim(tx, &text, agent, session, sub_agent.as_deref(), is_live)
        };
        match self.store.write(claim).await {
            Ok(row) => self.take_up(row, file::left_at(is_live)),
            Err(error) => tracing::error!(%error, path = %path.display(), "cannot follow"),
        }
    }

    fn take_up(&mut self, row: Transcript, left_at: Option<Instant>) {
        let path = PathBuf::from(&row.path);
        let known = self.files.remove(&path);
        let mut file = match known {
            Some(mut file) => {
                file.belongs_to(row.session_id);
                file
            }
            None => Followed::new(row),
        };
        file.left_at = left_at;
        self.files.insert(path.clone(), file);
        self.watch_nearer();
        self.is_due(path);
    }

    /// Notes which files changed.
    async fn note(&mut self, lot: &Lot) {
        let mut due: Vec<PathBuf> = Vec::new();
        self.give_up_moved(lot);
        let mut grown = self.watch_nearer();
        for (path, file) in &self.files {
            if lot.all || lot.paths.contains(path) {
                due.push(path.clone());
            }
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
            let read = move |db: &codepiper_store::Connection| sessions::get(db, id);
            if let Ok(Some(stored)) = self.store.read(read).await {
                self.follow(&stored.session).await;
            }
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
    fn watch_nearer(&mut self) -> HashSet<SessionId> {
        let mut nearer = HashSet::new();
        for (path, file) in &mut self.files {
            if file.is_last_look() {
                continue;
            }
            let sub_agents = file.sub_agents();
            let folders = [path.parent().map(Path::to_owned), sub_agents];
            for (watched, folder) in file.watched.iter_mut().zip(folders) {
                let Some(folder) = folder.filter(|folder| watched.as_ref() != Some(folder)) else {
                    continue;
                };
                let nearest = find::nearest_folder(&folder);
                let nearest = nearest.filter(|nearest| watched.as_ref() != Some(nearest));
                if let Some(nearest) = nearest.filter(|nearest| self.watch.add(nearest)) {
                    if let Some(farther) = watched.replace(nearest) {
                        self.watch.remove(&farther);
                    }
                    nearer.insert(file.row.session_id);
                }
            }
        }
        nearer
    }

    fn has_unwatched(&self) -> bool {
        self.files.values().any(Followed::is_unwatched)
    }

    fn note_unwatched(&mut self) {
        let unwatched = self.files.iter().filter(|(_, file)| file.is_unwatched());
        let paths: Vec<PathBuf> = unwatched.map(|(path, _)| path.clone()).collect();
        for path in paths {
            self.is_due(path);
        }
    }

    /// Looks for the last time at files whose sessions have ended.
    fn note_left(&mut self) {
        let left = self.files.iter().filter(|(_, file)| file.is_last_look());
        let paths: Vec<PathBuf> = left.map(|(path, _)| path.clone()).collect();
        for path in paths {
            self.is_due(path);
        }
    }

    fn is_due(&mut self, path: PathBuf) {
        if self.files.contains_key(&path) && !self.due.contains(&path) {
            self.due.push_back(path);
        }
    }

    fn leave(&mut self, file: &Followed) {
        self.projects.remove(&file.row.session_id);
        for folder in file.watched.iter().flatten() {
            self.watch.remove(folder);
        }
    }
}
