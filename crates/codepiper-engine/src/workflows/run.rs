//! One execution, from where it is to its end.

use std::collections::HashMap;
use std::time::Duration;

use codepiper_model::Timestamp;
use codepiper_store::Transaction;
use codepiper_store::workflows::{self as stored, StoredExecution, StoredLine};
use codepiper_workflow::{Effect, Happened, LogLine, Outcome, Source, State, Workflow, advance};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::asked::Questions;
use super::{INBOX, Running, WorkflowExecutor, command};
use crate::EngineError;
use crate::notifications::{Further, Recorded};

/// Before what could not be stored is stored again.
const AGAIN: Duration = Duration::from_secs(2);

/// An execution and what is being done for it.
struct Execution {
    executor: WorkflowExecutor,
    workflow: Workflow,
    row: StoredExecution,
    state: State,
    questions: Questions,
    under_way: HashMap<String, UnderWay>,
    done: mpsc::Sender<(String, Result<Outcome, String>)>,
}

/// Something that is being done.
struct UnderWay {
    effect: Effect,
    task: AbortHandle,
}

impl WorkflowExecutor {
    /// Follows an execution to its end, beside everything else.
    pub(super) fn follow(
        &self,
        row: StoredExecution,
        source: &Source,
        state: State,
    ) -> Result<(), EngineError> {
        let workflow = source.read().map_err(EngineError::InvalidWorkflow)?;
        let (inbox, told) = mpsc::channel(INBOX);
        let (done, came) = mpsc::channel(INBOX);
        let questions = Questions::new(&row.id, &self.changes);
        let running = Running {
            inbox,
            questions: questions.clone(),
        };
        self.running().insert(row.id.clone(), running);
        let execution = Execution {
            executor: self.clone(),
            workflow,
            row,
            state,
            questions,
            under_way: HashMap::new(),
            done,
        };
        self.parts.tasks.spawn(execution.run(told, came));
        Ok(())
    }

    pub(super) async fn save(
        &self,
        row: StoredExecution,
        state: &State,
        lines: &[LogLine],
        further: Option<Further>,
    ) -> Result<StoredExecution, EngineError> {
        let row = StoredExecution {
            status: state.status.as_str().to_owned(),
            state: serde_json::to_string(state).map_err(EngineError::internal)?,
            ended_at: state.ended_at,
            ..row
        };
        let lines: Vec<StoredLine> = lines.iter().map(stored_line).collect();
        let kept = row.clone();
        let (notifications, at) = (self.parts.notifications.clone(), self.parts.clock.now());
        let save = move |tx: &Transaction<'_>| {
            stored::save(tx, &kept, &lines)?;
            let further = further.as_ref();
            further.map_or(Ok(Recorded::default()), |further| {
                notifications.record_further(tx, further, at)
            })
        };
        let recorded = self.parts.store.write(save).await?;
        self.parts.notifications.announce(recorded);
        // Nobody may be listening.
        drop(self.changes.send(row.id.clone()));
        Ok(row)
    }
}

impl Execution {
    async fn run(
        mut self,
        mut told: mpsc::Receiver<Happened>,
        mut came: mpsc::Receiver<(String, Result<Outcome, String>)>,
    ) {
        let stop = self.executor.parts.stop.clone();
        let mut happened = Happened::Time;
        loop {
            if !self.take(happened).await {
                break;
            }
            if self.state.status.is_final() {
                self.executor.running().remove(&self.row.id);
                self.executor.places.leave(&self.row.id);
                break;
            }
            let clock = &self.executor.parts.clock;
            let pause = self.state.wake_at().map(|at| until(clock.now(), at));
            let wake = async {
                match pause {
                    Some(pause) => sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            happened = tokio::select! {
                () = stop.cancelled() => break,
                Some(happened) = told.recv() => happened,
                Some((effect, outcome)) = came.recv() => Happened::Done { effect, outcome },
                () = wake => Happened::Time,
            };
        }
        for under_way in self.under_way.values() {
            under_way.task.abort();
        }
    }

    /// Goes one transition further: stores it, then does what follows. `false` when the daemon
    /// stops before it can be stored.
    async fn take(&mut self, happened: Happened) -> bool {
        let finished = match &happened {
            Happened::Done { effect, .. } => self.under_way.remove(effect),
            _ => None,
        };
        let mut next = self.state.clone();
        let now = self.executor.parts.clock.now();
        let lines = advance(&self.workflow, &mut next, happened, now);
        if next != self.state {
            crate::faults::point("workflow-before");
            loop {
                let (name, id) = (&self.workflow.name, &self.row.id);
                let further = Some(Further::of(name, id, &self.state, &next));
                let row = self.row.clone();
                match self.executor.save(row, &next, &lines, further).await {
                    Ok(row) => {
                        self.row = row;
                        break;
                    }
                    Err(error) => {
                        tracing::error!(execution = %self.row.id, %error, "cannot store how far it is");
                        tokio::select! {
                            () = self.executor.parts.stop.cancelled() => return false,
                            () = sleep(AGAIN) => {}
                        }
                    }
                }
            }
            self.state = next;
            crate::faults::point("workflow-after");
        }
        if let Some(UnderWay {
            effect: Effect::Run(run),
            ..
        }) = finished
        {
            command::forget(&self.executor.parts.config, run.run);
        }
        self.settle();
        true
    }

    /// Begins what the state asks for, and lets go of what it asks for no more.
    fn settle(&mut self) {
        let wanted = self.state.outstanding();
        let config = &self.executor.parts.config;
        self.under_way.retain(|name, under_way| {
            let stays = wanted.contains_key(name);
            if !stays {
                under_way.task.abort();
                if let Effect::Run(run) = &under_way.effect {
                    command::end(config, run.run);
                }
            }
            stays
        });
        for (name, effect) in wanted {
            if self.under_way.contains_key(&name) {
                continue;
            }
            let node = node_of(&name).to_owned();
            let (executor, questions) = (self.executor.clone(), self.questions.clone());
            let (done, asked) = (self.done.clone(), effect.clone());
            let (key, execution) = (name.clone(), self.row.clone());
            let task = self.executor.parts.tasks.spawn(async move {
                let outcome = executor
                    .perform(&execution, &key, &node, asked, &questions)
                    .await;
                // The execution may be over.
                drop(done.send((key, outcome)).await);
            });
            let task = task.abort_handle();
            self.under_way.insert(name, UnderWay { effect, task });
        }
    }
}

impl WorkflowExecutor {
    async fn perform(
        &self,
        execution: &StoredExecution,
        name: &str,
        node: &str,
        effect: Effect,
        questions: &Questions,
    ) -> Result<Outcome, String> {
        match effect {
            Effect::Start(start) => self.start_session(execution, node, start).await,
            Effect::Prompt(prompt) => self.prompt(&execution.id, name, prompt).await,
            Effect::Run(run) => self.run_command(&execution.id, node, run, questions).await,
            Effect::Ask { message } => questions.ask(node, message).await,
            Effect::End { session } => self.end_session(session).await,
        }
    }
}

/// The step that an effect is for, with its rounds.
fn node_of(effect: &str) -> &str {
    effect.rsplit_once('#').map_or(effect, |(node, _)| node)
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    let millis = at.millis_since(now).max(0);
    Duration::from_millis(millis.unsigned_abs())
}

fn stored_line(line: &LogLine) -> StoredLine {
    let level = serde_json::to_value(line.level);
    let level = level
        .ok()
        .and_then(|level| level.as_str().map(str::to_owned));
    StoredLine {
        id: 0,
        timestamp: line.timestamp,
        step: line.step.clone(),
        level: level.unwrap_or_default(),
        message: line.message.clone(),
    }
}
