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
mod look;
mod piece;
mod reading;
mod retry;
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
use retry::Retry;
use watch::{Lot, Watch};

pub(crate) use index::keep_index;

/// How often files are looked at that cannot be watched.
const LOOK: Duration = Duration::from_secs(5);

/// How often it is looked whether the folders of files are still at their places.
const LOOK_AROUND: Duration = Duration::from_secs(10);

/// How long the transcript of a sub-agent is looked for that was named.
const PATIENCE: Duration = Duration::from_mins(2);

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
    /// Sessions of which a file could not be claimed.
    unclaimed: HashSet<SessionId>,
    claim_again: Option<Retry>,
    /// Sub-agents that were named before their transcripts were there.
    unfound: Vec<Unfound>,
}

/// A sub-agent whose transcript is not there yet.
struct Unfound {
    /// The transcript that named it.
    by: Transcript,
    name: String,
    /// How long it is looked for.
    until: Instant,
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
            unclaimed: HashSet::new(),
            claim_again: None,
            unfound: Vec::new(),
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
        let mut look_around = tokio::time::interval(LOOK_AROUND);
        for interval in [&mut look, &mut look_around] {
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        }
        loop {
            let is_busy = !self.due.is_empty();
            let next = self.next_look();
            let next_at = next.unwrap_or_else(Instant::now);
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
                () = tokio::time::sleep_until(next_at), if next.is_some() && !is_busy => self.look().await,
                _ = look.tick(), if self.has_unwatched() => self.note_unwatched(),
                _ = look_around.tick(), if !self.files.is_empty() => self.look_around().await,
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
            Err(error) => {
                tracing::error!(%error, path = %path.display(), "cannot follow");
                self.unclaimed.insert(session);
                self.claim_again.get_or_insert(Retry::after(None));
            }
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
        file.resolve();
        self.files.insert(path.clone(), file);
        self.watch_nearer();
        self.is_due(path);
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
