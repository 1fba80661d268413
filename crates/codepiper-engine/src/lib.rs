//! The application: the services that join the other crates.
//!
//! Invariant: no HTTP, no command line, no SQL; only `notifications/post.rs` posts to where a person said
//! that they want to be told. Whoever calls is somebody else's business; what
//! is true of a session is decided here, and stored before anyone is told.

mod actors;
mod analytics;
mod ancestry;
mod approvals;
mod audit;
mod auth;
mod backup;
mod boot;
mod bus;
mod canonical;
mod codex;
mod config;
mod conversations;
mod directories;
mod env_sets;
mod environment;
mod error;
mod faults;
mod git;
mod hooks;
mod key_change;
mod keyring;
mod notifications;
mod picture;
mod policies;
mod process;
mod programs;
mod provider_status;
mod resources;
mod scope;
mod sealed;
mod sessions;
mod settings;
mod shorten;
mod transcripts;
mod workflows;
mod workspaces;
mod worktrees;

use crate::keyring::{Keyring, Loaded};
use crate::programs::Programs;
use std::sync::Arc;

use codepiper_model::{Actor, Clock};
use codepiper_store::{MovedAside, Store, settings as stored};
use codepiper_tmux::Tmux;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use actors::{Actors, Peer};
pub use analytics::{
    Analytics, By, Counts as UsageCounts, PricesProblem, Range, RangeError, UsageQuery, UsageSums,
    cache_hit_rate, check_prices,
};
pub use approvals::{AnswerRequest, ApprovalFilter, Approvals, Refused};
pub use audit::{
    Audit, AuditQuery, DecisionFilter, EntryFilter, Export, Head, Heads, Problem, StoredDecision,
    StoredEntry, Verification,
};
pub use auth::{
    AuthError, AuthService, AuthStatus, AuthenticatorOffer, Credentials, Enrolled, Origin, Proof,
    Reset, SignedIn,
};
pub use backup::{BackupContents, Restored as RestoredBackup, back_up, restore_backup};
pub use bus::{EventBus, EventFilter};
pub use codepiper_store::notifications::NotificationQuery;
pub use codepiper_store::usage::Tally;
pub use codepiper_store::whose::Whose;
pub use config::Config;
pub use conversations::{ConversationPage, ConversationPart, Conversations, SearchQuery, dollars};
pub use directories::{Directories, Entry, Listing, RecentDirectory};
pub use env_sets::{EnvSetChange, EnvSetView, EnvSets, NewEnvSet};
pub use error::EngineError;
pub use git::{
    BranchCheck, Branches as GitBranches, Committed, Diff, DiffOf, DirectoryCheck, Discarded,
    FileContent, FileStat, GitReview, GitStatus, LineComment, LogEntry, RawFile, StatusEntry,
    TurnView, Turns, TurnsView,
};
pub use hooks::{HookReply, HookReport, Hooks};
pub use key_change::KeyChange;
pub use notifications::{
    Changed as NotificationChanged, Channels as NotificationChannels, DeliveryView, Looking,
    NOTIFICATION_KINDS, NotificationCounts, NotificationPrefs, NotificationSettings,
    NotificationSettingsChange, NotificationView, Notifications, PushStatus, PushTrial,
    SubscribePush, SubscriptionView,
};
pub use policies::{
    Applied, Changed, Changes, Checked, Counts, Difference, Group, NewPolicy, NewSet, PolicyChange,
    PolicyEngine, PolicyExport, PolicyView, ReadyView, Replay, Replayed, SetChange, SetSummary,
    SetView,
};
pub use provider_status::{Offered, ProviderStatus};
pub use scope::NoScope;
use scope::Scopes;
pub use sessions::{
    CreateSession, Deleted, Explanation, Follower, Frame, Frames, InputKind, Output,
    ProviderResume, Pruned, Restored, SendPrompt, Sent, SessionManager, Shown, Sign, Standing,
    Terminal, TerminalReader, Terms, Until, Uploaded, Waited,
};
pub use settings::{
    DaemonSettings, SettingView, Settings, SettingsChange, SettingsFile, Source as SettingSource,
    TakesEffect,
};
use transcripts::TranscriptTailer;
pub use workflows::{
    Answered, Execute, ExecutionView, NewWorkflow, QuestionView, StepView, WorkflowExecutor,
    WorkflowView, run_command,
};
pub use workspaces::{NewWorkspace, WorkspaceDefaults, WorkspaceView, Workspaces, WorktreeChoice};
pub use worktrees::{FinishWorktree, NewWorktree, RemovedWorktree, WorktreeView, Worktrees};

/// Everything a daemon does, without the doors through which it is asked.
#[derive(Clone)]
pub struct Engine {
    /// The sessions.
    pub sessions: SessionManager,
    /// What happened.
    pub events: EventBus,
    /// What agents' hooks report and are told.
    pub hooks: Hooks,
    /// What is allowed, denied and asked.
    pub policies: PolicyEngine,
    /// The requests that wait for a person.
    pub approvals: Approvals,
    /// What was decided.
    pub audit: Audit,
    /// What was said and done.
    pub conversations: Conversations,
    /// The sets of variables.
    pub env_sets: EnvSets,
    /// The change of the key that secrets are sealed with.
    pub key_change: KeyChange,
    /// What people are told of.
    pub notifications: Notifications,
    /// What agents used.
    pub analytics: Analytics,
    /// Workflows and their executions.
    pub workflows: WorkflowExecutor,
    /// The directories that people work in.
    pub workspaces: Workspaces,
    /// The git worktrees that were made for sessions.
    pub worktrees: Worktrees,
    /// What agents changed.
    pub git: GitReview,
    /// What each of their turns changed.
    pub turns: Turns,
    /// Where agents can work.
    pub directories: Directories,
    /// Who calls.
    pub actors: Actors,
    /// Who is signed in on the web.
    pub auth: AuthService,
    /// What a person set.
    pub settings: Settings,
    /// Where everything is.
    pub config: Arc<Config>,
}

impl Engine {
    /// Opens the database, takes up the sessions that are still there, and is ready.
    pub async fn start(
        config: Config,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Option<MovedAside>), EngineError> {
        config.make_directories()?;
        let path = config.database.clone();
        let (store, moved) = tokio::task::spawn_blocking(move || Store::open(&path))
            .await
            .map_err(EngineError::internal)?
            .map_err(EngineError::internal)?;
        let installation = installation_id(&store).await?;
        let settings =
            Settings::load(store.clone(), Arc::clone(&clock), Arc::new(config.clone())).await?;
        let path = config.var_os("PATH");
        let (tmux, scopes) = tokio::join!(Tmux::find(&path), Scopes::find(&config));
        if let Err(error @ NoScope::Refused(_)) = &scopes {
            tracing::warn!(%error, "sessions may end with the login that they are started from");
        }
        if let Err(error) = &tmux {
            tracing::warn!(%error, "no session can be started");
        }
        let hook_program = hooks::install_program(&config)?;
        let Loaded {
            keyring: key,
            next: next_key,
        } = Keyring::load(&config)?;
        let key_change = KeyChange::new(store.clone(), key.clone(), clock.clone(), &config);
        if let Some(next) = next_key
            && let Err(error) = key_change.go_on(next).await
        {
            tracing::error!(%error, "cannot go on with a change of the key; both keys are in use");
        }
        let config = Arc::new(config);
        let stop = CancellationToken::new();
        let events = EventBus::new(store.clone(), clock.clone()).await?;
        let policies = PolicyEngine::load(store.clone(), clock.clone(), settings.clone()).await?;
        let approvals = Approvals::load(
            store.clone(),
            events.clone(),
            policies.clone(),
            clock.clone(),
            stop.child_token(),
        )
        .await?;
        let tasks = TaskTracker::new();
        let zone = Arc::new(codepiper_model::Zone::system());
        let prices = Arc::new(analytics::load_prices(&config.prices_file()));
        let (tailer, revisions) = TranscriptTailer::new(transcripts::Parts {
            store: store.clone(),
            events: events.clone(),
            clock: clock.clone(),
            prices: Arc::clone(&prices),
            zone: Arc::clone(&zone),
        })
        .await?;
        let (settled, time) = (settings.clone(), clock.clone());
        let analytics = Analytics::new(store.clone(), time, prices, settled, zone).await?;
        tasks.spawn(analytics.clone().keep_zone(stop.child_token()));
        // One message for each session that begins or is adopted: as many as there are sessions.
        let (app_servers, with_app_server) = mpsc::unbounded_channel();
        let env_sets = EnvSets::new(store.clone(), key.clone(), clock.clone());
        let worktrees = Worktrees::new(
            store.clone(),
            Arc::clone(&config),
            clock.clone(),
            settings.clone(),
        );
        let turns = Turns::new(store.clone(), clock.clone(), &config);
        let sessions = SessionManager::new(sessions::Parts {
            config: Arc::clone(&config),
            clock: clock.clone(),
            store: store.clone(),
            events: events.clone(),
            settings: settings.clone(),
            approvals: approvals.clone(),
            policies: policies.clone(),
            hook_program: hook_program.clone(),
            env_sets: env_sets.clone(),
            worktrees: worktrees.clone(),
            turns: turns.clone(),
            key: key.clone(),
            tmux: tmux.map_err(Arc::new),
            scopes: scopes.ok(),
            installation,
            programs: Programs::default(),
            app_servers,
            tasks: tasks.clone(),
            stop: stop.clone(),
        });
        let was_off = sessions.note_boot().await?;
        sessions.adopt_all().await?;
        if was_off && settings.get().restore_after_reboot {
            let sessions = sessions.clone();
            tasks.spawn(async move {
                if let Err(error) = sessions.restore(Actor::Owner).await {
                    tracing::error!(%error, "cannot bring back the sessions of before");
                }
            });
        }
        approvals.close_of_ended().await?;
        let keeper = sessions.clone();
        tasks.spawn(async move { keeper.keep_retention().await });
        let head_file = config.audit_head();
        let keep = audit::keep_head(
            store.clone(),
            head_file.clone(),
            clock.clone(),
            events.latest(),
            stop.clone(),
        );
        tasks.spawn(keep);
        let notifications = Notifications::new(store.clone(), key.clone(), clock.clone());
        tasks.spawn(notifications::deliver(
            notifications.clone(),
            stop.child_token(),
        ));
        tasks.spawn(notifications::read_on(
            notifications.clone(),
            events.latest(),
            stop.child_token(),
        ));
        tasks.spawn(git::follow_turns(
            turns.clone(),
            events.latest(),
            stop.child_token(),
        ));
        tasks.spawn(tailer.run(stop.child_token()));
        tasks.spawn(transcripts::keep_index(
            store.clone(),
            revisions.clone(),
            stop.child_token(),
        ));
        let left = approvals.clone();
        tasks.spawn(async move { left.expire_abandoned().await });
        let hooks = Hooks::new(hooks::Parts {
            config: Arc::clone(&config),
            clock: clock.clone(),
            store: store.clone(),
            events: events.clone(),
            sessions: sessions.clone(),
            policies: policies.clone(),
            approvals: approvals.clone(),
            spooling: tokio::sync::Mutex::default(),
        });
        tasks.spawn(codex::follow_all(
            hooks.clone(),
            with_app_server,
            tasks.clone(),
            stop.clone(),
        ));
        let conversations = Conversations::new(store.clone(), revisions);
        let workflows = WorkflowExecutor::new(workflows::Parts {
            config: Arc::clone(&config),
            clock: clock.clone(),
            store: store.clone(),
            events: events.clone(),
            sessions: sessions.clone(),
            policies: policies.clone(),
            env_sets: env_sets.clone(),
            conversations: conversations.clone(),
            analytics: analytics.clone(),
            notifications: notifications.clone(),
            program: hook_program,
            tasks,
            stop,
        });
        workflows.take_up().await?;
        Ok((
            Self {
                git: GitReview::new(&config),
                turns,
                directories: Directories::new(store.clone(), &config),
                auth: AuthService::new(
                    store.clone(),
                    Arc::clone(&clock),
                    key,
                    notifications.clone(),
                    &config,
                ),
                actors: Actors::new(
                    sessions.clone(),
                    events.clone(),
                    store.clone(),
                    clock.clone(),
                ),
                analytics,
                conversations,
                workspaces: Workspaces::new(
                    store.clone(),
                    clock,
                    policies.clone(),
                    env_sets.clone(),
                ),
                env_sets,
                notifications,
                key_change,
                workflows,
                worktrees,
                audit: Audit::new(store, head_file),
                sessions,
                events,
                hooks,
                policies,
                approvals,
                settings,
                config,
            },
            moved,
        ))
    }

    /// Ends the daemon's part. Sessions live on unless the setting `preserveSessions` says
    /// otherwise.
    pub async fn stop(&self) {
        if !self.settings.get().preserve_sessions {
            self.sessions.stop_all().await;
        }
        self.release().await;
    }

    /// Lets go of every session without touching it.
    pub async fn release(&self) {
        if let Err(error) = self.sessions.note_stop().await {
            tracing::error!(%error, "cannot note the end");
        }
        self.sessions.release().await;
    }
}

/// The providers and whether they can be used with what `config` says.
pub async fn provider_statuses(config: &Config) -> Vec<ProviderStatus> {
    let settings = DaemonSettings::default();
    provider_status::statuses(config, &Programs::default(), &settings).await
}

/// The version of the tmux in `config`'s `PATH`, or why it cannot be used.
pub async fn tmux_version(config: &Config) -> Result<String, EngineError> {
    let tmux = Tmux::find(config.var_os("PATH").as_ref()).await?;
    Ok(tmux.version().to_string())
}

/// Looks whether a database is whole, from outside of the daemon that may have it.
pub fn look_at_database(path: &std::path::Path) -> Result<(), EngineError> {
    Ok(codepiper_store::look::look(path)?)
}

/// Whether sessions get systemd scopes of their own with what `config` says.
pub async fn session_scope(config: &Config) -> Result<(), NoScope> {
    Scopes::find(config).await.map(drop)
}

/// Names this installation in the tags of its tmux servers, so that two daemons with different
/// databases never take or kill each other's sessions.
async fn installation_id(store: &Store) -> Result<String, EngineError> {
    const KEY: &str = "installationId";
    let fresh = codepiper_model::SessionId::random().short();
    let id = store.write(move |tx| {
        if let Some(serde_json::Value::String(id)) = stored::get(tx, KEY)? {
            return Ok(id);
        }
        stored::set(tx, KEY, &fresh.clone().into())?;
        Ok(fresh)
    });
    id.await.map_err(EngineError::internal)
}
