//! The service that runs workflows: what the state machine asks for is done here, and what came of
//! it is told to the machine. Each transition is committed before anything that follows from it is
//! done, so that a daemon that died goes on where it was.

mod asked;
mod audit;
mod command;
mod definitions;
mod execution;
mod places;
mod prompt;
mod run;
mod session;
mod view;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codepiper_model::Clock;
use codepiper_store::{Store, workflows as stored};
use codepiper_workflow::{Happened, Source, State};
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{
    Analytics, Config, Conversations, EngineError, EnvSets, EventBus, Notifications, PolicyEngine,
    SessionManager,
};
use asked::Questions;
use places::Places;

pub use command::run as run_command;
pub use definitions::{NewWorkflow, WorkflowView};
pub use execution::{Answered, Execute};
pub use view::{ExecutionView, QuestionView, StepView};

/// Changes of executions that are kept for whoever has not heard of them yet.
const CHANGES_KEPT: usize = 256;

/// What may wait to be told to an execution.
const INBOX: usize = 64;

/// Runs workflows durably.
#[derive(Clone)]
pub struct WorkflowExecutor {
    parts: Arc<Parts>,
    /// The executions that are under way.
    running: Arc<Mutex<HashMap<String, Running>>>,
    places: Places,
    /// Says which execution has come further.
    changes: broadcast::Sender<String>,
}

/// What a [`WorkflowExecutor`] is made of.
pub(crate) struct Parts {
    pub(crate) config: Arc<Config>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) events: EventBus,
    pub(crate) sessions: SessionManager,
    pub(crate) policies: PolicyEngine,
    pub(crate) env_sets: EnvSets,
    pub(crate) conversations: Conversations,
    pub(crate) analytics: Analytics,
    pub(crate) notifications: Notifications,
    /// Our own program, where it stays when it is replaced.
    pub(crate) program: PathBuf,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
}

/// An execution that is under way.
#[derive(Clone)]
struct Running {
    inbox: mpsc::Sender<Happened>,
    questions: Questions,
}

impl WorkflowExecutor {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            running: Arc::default(),
            places: Places::default(),
            changes: broadcast::Sender::new(CHANGES_KEPT),
        }
    }

    /// Goes on with every execution that an earlier daemon left.
    pub(crate) async fn take_up(&self) -> Result<(), EngineError> {
        let open = self.parts.store.read(stored::open_executions).await?;
        let mut wanted = Vec::new();
        for execution in open {
            let id = execution.id.clone();
            match read_state(&execution) {
                Ok((source, state)) => {
                    wanted.extend(command::runs_of(&state));
                    if !state.sessions.is_empty() {
                        self.places.keep(&id);
                    }
                    self.follow(execution, &source, state)?;
                }
                Err(error) => tracing::error!(execution = %id, %error, "cannot go on with it"),
            }
        }
        command::forget_others(&self.parts.config, &wanted);
        Ok(())
    }

    /// Names the executions that come further.
    pub fn changes(&self) -> broadcast::Receiver<String> {
        self.changes.subscribe()
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an execution was begun with, and how far it has come.
fn read_state(execution: &stored::StoredExecution) -> Result<(Source, State), EngineError> {
    let state = serde_json::from_str(&execution.state).map_err(EngineError::internal)?;
    let source = read_source(&execution.source)?;
    Ok((source, state))
}

fn read_source(text: &str) -> Result<Source, EngineError> {
    Source::text(text).map_err(|problem| EngineError::InvalidWorkflow(vec![problem]))
}
