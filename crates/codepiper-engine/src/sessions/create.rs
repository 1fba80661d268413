use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use codepiper_model::{
    Activity, Actor, EventSource, Exit, ExitReason, ProviderId, Session, SessionId, Status,
};
use codepiper_providers::Conversation;
use codepiper_providers::codex::Mode;
use codepiper_store::Transaction;
use codepiper_store::sessions::{self, Stored};
use codepiper_tmux::Server;
use serde_json::json;

use super::plan::{Blueprint, Plan};
use super::request::Checked;
use super::{CreateSession, Live, SessionManager, Subject};
use crate::EngineError;
use crate::audit;
use crate::worktrees::Made;

/// Sessions that may run at the same time.
const MAX_SESSIONS: usize = 100;

/// A place that is reserved for a session; given back when it is dropped.
pub(super) struct Place {
    id: SessionId,
    starting: Arc<Mutex<HashSet<SessionId>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        starting.remove(&self.id);
    }
}

impl SessionManager {
    /// Makes a session. Everything is checked before anything is made; when a step fails, what
    /// the steps before it made is taken back, and the session stays as a row that says why.
    pub async fn create(&self, request: CreateSession, by: Actor) -> Result<Session, EngineError> {
        self.make(request, None, by).await
    }

    /// Makes a session, with what the rules are for another one.
    pub(super) async fn make(
        &self,
        request: CreateSession,
        like: Option<SessionId>,
        by: Actor,
    ) -> Result<Session, EngineError> {
        // A caller that goes away must not leave half a session.
        let manager = self.clone();
        let creation = self
            .parts
            .tasks
            .spawn(async move { manager.make_whole(request, like, by).await });
        creation.await.map_err(EngineError::internal)?
    }

    async fn make_whole(
        &self,
        mut request: CreateSession,
        like: Option<SessionId>,
        by: Actor,
    ) -> Result<Session, EngineError> {
        self.tmux()?;
        self.settle_mode(&mut request, like.is_some());
        let mut checked = request.check()?;
        let id = request.id.unwrap_or_else(SessionId::random);
        let Some(asked) = &request.worktree else {
            return self
                .make_there(&request, &checked, id, None, (like, by))
                .await;
        };
        let worktrees = &self.parts.worktrees;
        let name = checked.name.as_deref();
        let worktree = worktrees.create(&checked.cwd, asked, name, id).await?;
        checked.cwd.clone_from(&worktree.cwd);
        let metadata = worktree.metadata();
        request.metadata.insert("worktree".to_owned(), metadata);
        let made = self
            .make_there(&request, &checked, id, Some(&worktree), (like, by))
            .await;
        // What a session has, it keeps, whatever became of the session.
        if made.is_err() && self.stored(id).await.is_err() {
            worktrees.undo(&worktree).await;
        }
        made
    }

    /// Makes a session whose directory is there.
    async fn make_there(
        &self,
        request: &CreateSession,
        checked: &Checked,
        id: SessionId,
        worktree: Option<&Made>,
        (like, by): (Option<SessionId>, Actor),
    ) -> Result<Session, EngineError> {
        let own_name = id.to_string();
        let conversation = match &request.provider_resume {
            None => Conversation::New(&own_name),
            Some(old) if old.is_fork => Conversation::Fork {
                from: &old.conversation,
                to: &own_name,
            },
            Some(old) => Conversation::Resume(&old.conversation),
        };
        let blueprint = Blueprint {
            id,
            provider: request.provider,
            cwd: &checked.cwd,
            args: &request.args,
            env: &request.env,
            env_sets: &request.env_set_ids,
            billing_mode: request.billing_mode,
            dangerous: request.dangerous_mode,
            fail_closed: request.fail_closed,
            model: request.model.as_deref(),
            prompt: checked.prompt.as_ref(),
            size: checked.size,
            conversation,
        };
        let policy_sets = &request.policy_set_ids;
        self.parts.policies.check_sets(policy_sets).await?;
        let plan = self.plan(&blueprint).await?;
        self.check_conversation(&blueprint, &plan).await?;
        let _place = self.take_place(id)?;
        let stored = Stored {
            session: self.row(request, checked, id, &plan),
            socket: self.parts.config.tmux_socket(id),
            secret_hash: plan.credential.hash(),
        };
        self.store_new(stored.clone(), &blueprint, &plan, by)
            .await?;
        match like {
            Some(other) => self.parts.policies.take_in_like(id, other, by).await?,
            None => self.parts.policies.take_in(id, policy_sets, by).await?,
        }
        let begun = async {
            let subject = Subject::new(&stored, &plan.env, &plan.secret);
            if let Some(prompt) = &checked.prompt {
                let texts = [prompt.as_str().to_owned()];
                self.judge_text(id, &subject, &texts, by).await?;
            }
            if let Some(worktree) = worktree {
                self.set_up(id, worktree).await?;
            }
            self.keep(&blueprint).await?;
            self.begin(&stored, &blueprint, &plan).await
        };
        match begun.await {
            Ok(()) => self.get(id).await,
            Err(error) => {
                drop(fs_err::remove_dir_all(self.parts.config.session_dir(id)));
                self.launch_failed(id, &error).await?;
                Err(told(id, error))
            }
        }
    }

    /// Runs what prepares the session's worktree, and keeps what came of it.
    async fn set_up(&self, id: SessionId, worktree: &Made) -> Result<(), EngineError> {
        let Some((told, done)) = self.parts.worktrees.set_up(worktree).await else {
            return Ok(());
        };
        let events = &self.parts.events;
        events
            .emit(id, EventSource::Daemon, "WorktreeSetUp", told)
            .await?;
        done
    }

    /// Takes arguments that mean dangerous mode for it, and a new session of Codex out of its sandbox
    /// where the settings say so. Copies stay what they are copies of.
    fn settle_mode(&self, request: &mut CreateSession, is_copy: bool) {
        request.dangerous_mode = request.is_dangerous();
        let settings = self.parts.settings.get();
        let is_open = request.provider == ProviderId::Codex
            && !request.dangerous_mode
            && Mode::is_open(&request.args);
        if settings.codex_host_access_profile_enabled && is_open && !is_copy {
            let profile = Mode::HOST_ACCESS_ARGUMENTS.map(str::to_owned);
            request.args.splice(..0, profile);
        }
    }

    /// Launches the agent of a session whose row says that it starts, and watches over it.
    pub(super) async fn begin(
        &self,
        stored: &Stored,
        blueprint: &Blueprint<'_>,
        plan: &Plan,
    ) -> Result<(), EngineError> {
        let id = blueprint.id;
        self.note_fallback(blueprint, plan).await?;
        let server = Server::new(self.tmux()?.clone(), stored.socket.clone(), id.tmux_name());
        let pane = self.launch(blueprint, plan, server).await?;
        if let Some(shared) = &plan.shared {
            self.share(blueprint, shared, &pane).await?;
        }
        // The conversation may have got its name by now.
        let subject = Subject::new(&self.stored(id).await?, &plan.env, &plan.secret);
        let activity = Activity::unknown(self.parts.clock.now());
        let live = Arc::new(Live::new(id, subject, pane, activity, false));
        self.live_map().insert(id, Arc::clone(&live));
        self.supervise(live);
        Ok(())
    }

    /// Reserves one of the places while a session is being made, so that many requests at once
    /// do not get past the limit together.
    pub(super) fn take_place(&self, id: SessionId) -> Result<Place, EngineError> {
        let live = self.live_map();
        let mut starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is about to run is in both.
        let more = starting.iter().filter(|id| !live.contains_key(id)).count();
        if live.len() + more < MAX_SESSIONS {
            starting.insert(id);
            let starting = Arc::clone(&self.starting);
            return Ok(Place { id, starting });
        }
        Err(EngineError::TooMany {
            code: "too_many_sessions",
            message: format!("there are {MAX_SESSIONS} sessions already; stop one first"),
        })
    }

    fn row(
        &self,
        request: &CreateSession,
        checked: &Checked,
        id: SessionId,
        plan: &Plan,
    ) -> Session {
        let now = self.parts.clock.now();
        let (pty_cols, pty_rows) = checked.size;
        Session {
            id,
            provider: request.provider,
            name: checked.name.clone(),
            cwd: checked.cwd.clone(),
            branch: None,
            status: Status::Starting,
            activity: None,
            status_line: None,
            created_at: now,
            updated_at: now,
            pid: None,
            pty_cols,
            pty_rows,
            model: request.model.clone(),
            billing_mode: request.billing_mode,
            channel: plan.channel,
            dangerous_mode: request.dangerous_mode,
            fail_closed: request.fail_closed,
            default_policy_action: request.default_policy_action,
            provider_session_id: plan.spec.provider_session_id.clone(),
            transcript_path: plan.spec.transcript_path.clone(),
            attach: None,
            exit: None,
            scrubbed_env: plan.scrubbed.clone(),
            metadata: request.metadata.clone(),
        }
    }

    async fn store_new(
        &self,
        stored: Stored,
        blueprint: &Blueprint<'_>,
        plan: &Plan,
        by: Actor,
    ) -> Result<(), EngineError> {
        let id = stored.session.id;
        let session = &stored.session;
        let payload = json!({
            "provider": session.provider,
            "cwd": session.cwd,
            "name": session.name,
            "billingMode": session.billing_mode,
            "envSetIds": blueprint.env_sets,
            "dangerousMode": session.dangerous_mode,
            "channel": session.channel,
            "sandbox": plan.mode.map(Mode::sandbox),
            "approvals": plan.mode.map(Mode::approvals),
        });
        // The event refers to the row, so the row comes first.
        let insert = move |tx: &Transaction<'_>| {
            sessions::insert(tx, &stored)?;
            audit::started(tx, &stored.session, by, stored.session.created_at)
        };
        self.parts.store.write(insert).await?;
        self.parts
            .events
            .emit(id, EventSource::User, "SessionCreated", payload)
            .await
            .map(drop)
    }

    /// Writes down that a session's agent could not be launched.
    pub(super) async fn launch_failed(
        &self,
        id: SessionId,
        error: &EngineError,
    ) -> Result<(), EngineError> {
        tracing::error!(session = %id, %error, "launch failed");
        let exit = Exit {
            reason: ExitReason::LaunchFailed,
            code: None,
            signal: None,
            detail: Some(error.to_string()),
            at: self.parts.clock.now(),
        };
        self.store_exit(id, &exit, None).await.map(drop)
    }
}

/// What the caller is told of a launch that failed: what is not their doing stays in the log.
pub(super) fn told(id: SessionId, error: EngineError) -> EngineError {
    match error {
        EngineError::Internal(_) => EngineError::conflict_with_hint(
            "launch_failed",
            format!("session `{id}` could not be started"),
            "`codepiper show` and `codepiper daemon logs` say why; `codepiper doctor` checks the \
             machine",
        ),
        error => error,
    }
}
