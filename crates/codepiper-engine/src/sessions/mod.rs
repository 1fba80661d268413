//! The service that owns the agents' sessions.

mod activity;
mod adopt;
mod app_server;
mod conversation;
mod create;
mod delete;
mod deliver;
mod explain;
mod first_prompt;
mod follow;
mod fork;
mod half_typed;
mod heard;
mod images;
mod input_policy;
mod interrupt;
mod kept;
mod keys;
mod launch;
mod live;
mod model;
mod outcome;
mod plan;
mod prompt;
mod prompts;
mod prune;
mod queue;
mod raw_input;
mod request;
mod restore;
mod resume;
mod sight;
mod status_line;
mod stop;
mod subject;
mod supervise;
mod terminal;
mod terms;
mod turn;
mod typing;
mod view;
mod wait;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use codepiper_model::{Clock, EventSource, ProcessTree, Session, SessionId};
use codepiper_store::sessions::{self, Stored};
use codepiper_store::{Store, StoreError};
use codepiper_tmux::{Tmux, TmuxError};
use serde_json::json;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::directories::Branches;
use crate::keyring::Keyring;
use crate::programs::Programs;
use crate::provider_status::{self, ProviderStatus};
use crate::scope::Scopes;
use crate::{Approvals, Config, EngineError, EventBus, PolicyEngine, Settings, resources};

pub(crate) use kept::kept_files;
pub(crate) use live::Live;
pub(crate) use subject::Subject;

pub use delete::Deleted;
pub use explain::{Explanation, Sign};
pub use follow::{Follower, Frame, Frames, Shown};
pub use images::Uploaded;
pub use prompt::{InputKind, SendPrompt, Sent};
pub use prune::Pruned;
pub use request::{CreateSession, ProviderResume};
pub use restore::Restored;
pub use terminal::{Standing, Terminal};
pub use terms::Terms;
pub use view::{Output, TerminalReader};
pub use wait::{Until, Waited};

/// How long a stopping daemon waits for what it is in the middle of.
const RELEASE_DEADLINE: Duration = Duration::from_secs(5);

/// Changes that are kept for whoever has not heard of them yet.
const CHANGES_KEPT: usize = 256;

/// Creates, tracks, feeds and ends sessions.
#[derive(Clone)]
pub struct SessionManager {
    parts: Arc<Parts>,
    live: Arc<Mutex<HashMap<SessionId, Arc<Live>>>>,
    /// Sessions that are being made.
    starting: Arc<Mutex<HashSet<SessionId>>>,
    /// The git branches of where agents work.
    branches: Branches,
    /// Says of which session something has changed that no event of its own tells.
    changes: broadcast::Sender<SessionId>,
}

/// What a [`SessionManager`] is made of.
pub(crate) struct Parts {
    pub(crate) config: Arc<Config>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) events: EventBus,
    pub(crate) settings: Settings,
    pub(crate) approvals: Approvals,
    pub(crate) policies: PolicyEngine,
    /// Our own program, where agents' hooks find it.
    pub(crate) hook_program: PathBuf,
    /// The sets of variables that sessions are given.
    pub(crate) env_sets: crate::EnvSets,
    pub(crate) worktrees: crate::Worktrees,
    pub(crate) turns: crate::Turns,
    /// What secrets at rest are sealed with.
    pub(crate) key: Keyring,
    pub(crate) programs: Programs,
    pub(crate) tmux: Result<Tmux, Arc<TmuxError>>,
    /// Where systemd gives sessions scopes of their own.
    pub(crate) scopes: Option<Scopes>,
    pub(crate) installation: String,
    /// Whoever follows what app-servers say hears here of each session that has one.
    pub(crate) app_servers: mpsc::UnboundedSender<Arc<Live>>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
}

impl SessionManager {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            live: Arc::default(),
            starting: Arc::default(),
            branches: Branches::default(),
            changes: broadcast::Sender::new(CHANGES_KEPT),
        }
    }

    /// The providers and whether they can be used here.
    pub async fn providers(&self) -> Vec<ProviderStatus> {
        let parts = &self.parts;
        provider_status::statuses(&parts.config, &parts.programs, &parts.settings.get()).await
    }

    /// The version of tmux that sessions run in, or why there is none.
    pub fn tmux_version(&self) -> Result<String, EngineError> {
        self.tmux().map(|tmux| tmux.version().to_string())
    }

    /// Every session, newest first.
    pub async fn list(&self) -> Result<Vec<Session>, EngineError> {
        let stored = self.parts.store.read(sessions::all).await?;
        let present = stored.into_iter().map(|stored| self.with_present(stored));
        let mut sessions: Vec<Session> = present.collect();
        let live = sessions.iter().filter(|session| session.status.is_live());
        self.branches
            .keep_only(&live.map(|s| s.cwd.clone()).collect());
        self.add_branches(&mut sessions).await;
        Ok(sessions)
    }

    /// One session.
    pub async fn get(&self, id: SessionId) -> Result<Session, EngineError> {
        let mut session = [self.with_present(self.stored(id).await?)];
        self.add_branches(&mut session).await;
        let [session] = session;
        Ok(session)
    }

    /// Adds the branches as they are now: an agent, or anybody, may have switched them.
    async fn add_branches(&self, sessions: &mut [Session]) {
        let live = sessions.iter().filter(|session| session.status.is_live());
        let branches = self
            .branches
            .of(live.map(|s| s.cwd.clone()).collect())
            .await;
        let live = sessions.iter_mut().filter(|s| s.status.is_live());
        for session in live {
            session.branch = branches.get(&session.cwd).cloned().flatten();
        }
    }

    /// Says of which session something has changed that no event of its own tells: what its agent
    /// does is known after the event of it, and one that is deleted has no more events.
    pub fn changes(&self) -> broadcast::Receiver<SessionId> {
        self.changes.subscribe()
    }

    /// Says that something of that session has changed.
    fn has_changed(&self, id: SessionId) {
        // An error says that nobody listens.
        drop(self.changes.send(id));
    }

    /// Gives a session a name, or takes it away.
    pub async fn rename(&self, id: SessionId, name: Option<&str>) -> Result<Session, EngineError> {
        let name = name.map(request::checked_name).transpose()?.flatten();
        let at = self.parts.clock.now();
        let payload = json!({ "name": name });
        let write = move |tx: &codepiper_store::Transaction<'_>, _| {
            sessions::set_name(tx, id, name.as_deref(), at)
        };
        self.stored(id).await?;
        let events = &self.parts.events;
        events
            .emit_with(id, EventSource::User, "SessionRenamed", payload, write)
            .await?;
        self.get(id).await
    }

    /// Makes a session's terminal another size. While a person's own terminal is attached, that
    /// decides, and this is what the session goes back to.
    pub async fn resize(
        &self,
        id: SessionId,
        cols: u16,
        rows: u16,
    ) -> Result<Session, EngineError> {
        request::check_size(Some(cols), Some(rows))?;
        let live = self.live(id).await?;
        live.pane.resize(cols, rows).await?;
        let at = self.parts.clock.now();
        self.parts
            .store
            .write(move |tx| sessions::set_size(tx, id, (cols, rows), at))
            .await?;
        self.has_changed(id);
        self.get(id).await
    }

    /// What the session's processes take at this moment.
    pub async fn processes(&self, id: SessionId) -> Result<ProcessTree, EngineError> {
        self.stored(id).await?;
        let root = self.live_map().get(&id).and_then(|live| live.pane.pid());
        let now = self.parts.clock.now();
        let look = tokio::task::spawn_blocking(move || resources::of(id, root, now));
        look.await.map_err(EngineError::internal)
    }

    /// Lets go of every session without touching it.
    pub(crate) async fn release(&self) {
        self.parts.stop.cancel();
        self.parts.tasks.close();
        // What is being typed or made gets a moment to end whole.
        drop(timeout(RELEASE_DEADLINE, self.parts.tasks.wait()).await);
        let held: Vec<Arc<Live>> = self.live_map().drain().map(|(_, live)| live).collect();
        let mut leaving = JoinSet::new();
        for live in held {
            leaving.spawn(async move { live.pane.let_go().await });
        }
        leaving.join_all().await;
    }

    fn tmux(&self) -> Result<&Tmux, EngineError> {
        self.parts.tmux.as_ref().map_err(|error| {
            EngineError::conflict_with_hint(
                "tmux_unusable",
                error.to_string(),
                "install tmux 3.2 or later (`apt-get install tmux` or `brew install tmux`), then \
                 run `codepiper daemon restart`",
            )
        })
    }

    async fn stored(&self, id: SessionId) -> Result<Stored, EngineError> {
        let read = move |db: &codepiper_store::Connection| sessions::get(db, id);
        let found: Result<_, StoreError> = self.parts.store.read(read).await;
        found?.ok_or_else(|| EngineError::no_session(id))
    }

    /// Adds what is known of the agent at this moment to what is stored.
    fn with_present(&self, stored: Stored) -> Session {
        let mut session = stored.session;
        let live = self.live_map().get(&session.id).cloned();
        if let Some(live) = live.filter(|_| session.status.is_live()) {
            session.attach = Some(live.pane.attach_argv());
            session.pid = live.pane.pid().or(session.pid);
            (session.pty_cols, session.pty_rows) = live.pane.size();
            if session.status == codepiper_model::Status::Running {
                session.activity = Some(live.activity());
            }
        } else if session.status == codepiper_model::Status::Running {
            session.activity = Some(codepiper_model::Activity::unknown(session.updated_at));
        }
        session
    }

    /// The session's terminal, or why there is none.
    async fn live(&self, id: SessionId) -> Result<Arc<Live>, EngineError> {
        let found = self.live_map().get(&id).cloned();
        let has_ended = |live: &Arc<Live>| live.pane.end().borrow().is_some();
        if let Some(live) = found.as_ref().filter(|live| !has_ended(live)) {
            return Ok(Arc::clone(live));
        }
        let session = self.stored(id).await?.session;
        // What is left of it may still be cleared up.
        if let Some(live) = found.filter(|_| session.status.is_live()) {
            return Ok(live);
        }
        let starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        Err(if session.status.is_live() && starting.contains(&id) {
            EngineError::conflict_with_hint(
                "session_starting",
                format!("the agent of session `{id}` is being started"),
                "try again in a moment; `codepiper wait` waits for it",
            )
        } else if session.status.is_live() {
            EngineError::conflict_with_hint(
                "session_unreachable",
                format!("session `{id}` has a tmux server that does not answer"),
                "it is tried again every few seconds; `codepiper kill` ends it",
            )
        } else {
            EngineError::conflict_with_hint(
                "session_ended",
                format!(
                    "session `{id}` is {}; it takes nothing any more",
                    session.status.as_str()
                ),
                "`codepiper resume` starts its agent again, with the same conversation",
            )
        })
    }

    fn live_map(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Live>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
