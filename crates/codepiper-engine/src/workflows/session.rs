use std::path::PathBuf;
use std::time::Duration;

use codepiper_model::{Actor, ExitReason, Session, SessionId};
use codepiper_store::workflows::StoredExecution;
use codepiper_workflow::{Outcome, Start};
use serde_json::{Map, json};
use tokio::time::{Instant, timeout_at};

use super::WorkflowExecutor;
use crate::{CreateSession, EngineError, NewWorktree, Until};

/// How long an agent may take to come up; one that asks something first takes longer, and its
/// first prompt waits.
const COMES_UP: Duration = Duration::from_mins(2);

/// How long a session waits for its place among all that there may be.
const PLACE: Duration = Duration::from_mins(10);

impl WorkflowExecutor {
    /// Starts a session, unless an earlier daemon has.
    pub(super) async fn start_session(
        &self,
        execution: &StoredExecution,
        node: &str,
        start: Start,
    ) -> Result<Outcome, String> {
        let sessions = &self.parts.sessions;
        let id = start.session;
        let begun = match sessions.get(id).await {
            Err(EngineError::NotFound { .. }) => false,
            Err(error) => return Err(told(error)),
            // An earlier daemon died over it.
            Ok(session) if is_stillborn(&session) => {
                sessions.delete(id, Actor::Owner).await.map_err(told)?;
                false
            }
            Ok(_) => true,
        };
        self.places.enter(&execution.id).await;
        if !self.running().contains_key(&execution.id) {
            // It was over while it waited.
            self.places.leave(&execution.id);
        }
        let starting = self.places.start().await;
        if !begun {
            let env_sets = self.parts.env_sets.named(&start.env_sets).await;
            let env_set_ids = env_sets.map_err(told)?;
            let request = CreateSession {
                env_set_ids,
                ..request(execution, node, start)
            };
            self.make(request).await?;
        }
        let states = [Until::Running, Until::Exited];
        let waited = sessions.wait(id, &states, COMES_UP).await.map_err(told)?;
        drop(starting);
        if waited.session.status.is_live() {
            let cwd = waited.session.cwd.to_string_lossy().into_owned();
            return Ok(Outcome::Started { cwd });
        }
        Err(ended(&waited.session))
    }

    /// Makes a session; where there are as many as there may be, once one of them has ended.
    async fn make(&self, request: CreateSession) -> Result<(), String> {
        let sessions = &self.parts.sessions;
        let until = Instant::now() + PLACE;
        loop {
            let mut changes = sessions.changes();
            let full = match sessions.create(request.clone(), Actor::Owner).await {
                Ok(_) => return Ok(()),
                Err(full @ EngineError::TooMany { .. }) => full,
                Err(error) => return Err(told(error)),
            };
            // More changes than are remembered are a change as well.
            if timeout_at(until, changes.recv()).await.is_err() {
                return Err(told(full));
            }
        }
    }

    /// Ends a session, unless it has ended.
    pub(super) async fn end_session(&self, id: SessionId) -> Result<Outcome, String> {
        match self.parts.sessions.stop(id).await {
            Ok(_) | Err(EngineError::NotFound { .. }) => Ok(Outcome::Done),
            Err(error) => Err(told(error)),
        }
    }
}

fn request(execution: &StoredExecution, node: &str, start: Start) -> CreateSession {
    let mut metadata = Map::new();
    let origin = json!({
        "id": execution.workflow_id, "execution": execution.id, "step": node,
    });
    metadata.insert("workflow".to_owned(), origin);
    CreateSession {
        id: Some(start.session),
        provider: start.provider,
        cwd: PathBuf::from(start.cwd),
        args: start.args,
        env: start.env,
        env_set_ids: Vec::new(),
        billing_mode: start.billing_mode,
        dangerous_mode: start.dangerous,
        fail_closed: false,
        default_policy_action: None,
        policy_set_ids: start.policy_sets,
        model: start.model,
        name: Some(start.name),
        cols: None,
        rows: None,
        prompt: None,
        provider_resume: None,
        worktree: start.worktree.map(|worktree| NewWorktree {
            branch: worktree.branch,
            start_point: worktree.from,
            ..NewWorktree::default()
        }),
        metadata,
    }
}

/// Whether a session never ran.
fn is_stillborn(session: &Session) -> bool {
    let exit = session.exit.as_ref();
    exit.is_some_and(|exit| exit.reason == ExitReason::LaunchFailed)
}

/// Why a session that should run does not.
pub(super) fn ended(session: &Session) -> String {
    let exit = session.exit.as_ref();
    let how = exit.map_or("has ended", |exit| match exit.reason {
        ExitReason::Exited if exit.signal.is_some() => "was ended",
        ExitReason::Exited => "has ended",
        ExitReason::Stopped => "was stopped",
        ExitReason::Killed => "was killed",
        ExitReason::TmuxLost => "has lost its terminal",
        ExitReason::LaunchFailed => "could not be started",
    });
    let status = exit.map_or_else(String::new, |exit| match (exit.code, exit.signal) {
        (Some(code), _) => format!(" with exit code {code}"),
        (None, Some(signal)) => format!(" by signal {signal}"),
        (None, None) => String::new(),
    });
    let detail = exit.and_then(|exit| exit.detail.as_deref());
    let detail = detail.map_or_else(String::new, |detail| format!(": {detail}"));
    format!("session `{}` {how}{status}{detail}", session.id)
}

pub(super) fn told(error: EngineError) -> String {
    match error {
        EngineError::Conflict {
            message,
            hint: Some(hint),
            ..
        } => format!("{message}; {hint}"),
        error => error.to_string(),
    }
}
