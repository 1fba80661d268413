//! The state machine: what has happened goes in, what is to be done is what the state then says.
//!
//! Each time the whole workflow is walked from its beginning: what is over is passed by, what may
//! begin is begun. So there is no second record of where it is that could differ from the first.

mod again;
mod containers;
mod leaf;
mod places;
mod results;
mod scope;
mod sessions;

use codepiper_model::Timestamp;

use crate::definition::{OnError, Step, Workflow};
use crate::input::{Happened, Level, LogLine};
use crate::state::{ExecutionStatus, Failure, Node, NodeStatus, Phase, State, node_key};
use places::Places;
use scope::Scope;

/// How long the steps about an error may take, and those at the end, in milliseconds.
const FINALLY_MAX: i64 = 600_000;

/// Tells an execution what has happened, and says what comes of it for its log. What is to be done
/// in the world is then [`State::outstanding`].
pub fn advance(
    workflow: &Workflow,
    state: &mut State,
    happened: Happened,
    now: Timestamp,
) -> Vec<LogLine> {
    let places = Places::of(workflow);
    let mut machine = Machine {
        workflow,
        places: &places,
        state,
        now,
        log: Vec::new(),
    };
    machine.take(happened);
    machine.go_on();
    machine.log
}

struct Machine<'a> {
    workflow: &'a Workflow,
    places: &'a Places<'a>,
    state: &'a mut State,
    now: Timestamp,
    log: Vec<LogLine>,
}

/// How a step or a list of them stands.
#[derive(Clone, Debug, PartialEq)]
enum Stand {
    /// Something has to happen first.
    Waits,
    /// What comes after it may begin.
    Passed,
    /// It went wrong.
    Failed(Failure),
}

impl<'a> Machine<'a> {
    fn take(&mut self, happened: Happened) {
        match happened {
            Happened::Done { effect, outcome } => self.done(&effect, outcome),
            Happened::Cancel => self.cancel(),
            // What is done at the end is not put off.
            Happened::Pause if self.state.phase == Phase::Steps => {
                self.state.is_paused = true;
                self.note(None, Level::Info, "paused");
            }
            Happened::Resume if self.state.is_paused => {
                self.state.is_paused = false;
                self.note(None, Level::Info, "goes on");
            }
            Happened::Time | Happened::Pause | Happened::Resume => {}
            Happened::Retry => self.retry(),
        }
    }

    fn go_on(&mut self) {
        if self.state.status == ExecutionStatus::Pending {
            self.state.status = ExecutionStatus::Running;
            self.state.deadline = self.after(self.workflow.timeout);
            self.note(None, Level::Info, "started");
        }
        // Each phase is passed once; the bound is only for what nobody has thought of.
        for _ in 0..8 {
            let before = self.state.phase;
            self.phase();
            if self.state.phase == before {
                return;
            }
        }
    }

    fn phase(&mut self) {
        let workflow = self.workflow;
        let is_late = self
            .state
            .deadline
            .is_some_and(|deadline| self.now >= deadline);
        match self.state.phase {
            Phase::Steps => {
                if is_late {
                    let allowed = spoken(self.workflow.timeout.unwrap_or_default());
                    return self.fail(Failure {
                        message: format!("the workflow took longer than {allowed}"),
                        step: None,
                    });
                }
                match self.list(&workflow.steps, &[]) {
                    Stand::Failed(failure) => self.fail(failure),
                    Stand::Passed if !self.anything_runs() => self.enter(Phase::Finally),
                    Stand::Passed | Stand::Waits => {}
                }
            }
            Phase::OnError => {
                if is_late || self.list(&workflow.on_error, &[]) != Stand::Waits {
                    self.cancel_all();
                    self.enter(Phase::Finally);
                }
            }
            Phase::Finally => {
                if is_late {
                    self.cancel_all();
                    let message = "the steps at the end took too long".to_owned();
                    self.first_failure(Failure {
                        message,
                        step: None,
                    });
                    return self.enter(Phase::Closing);
                }
                // Whatever one of them comes to, the next one is done.
                for step in &workflow.finally {
                    match self.step(step, &[]) {
                        Stand::Waits => return,
                        Stand::Failed(failure) => self.first_failure(failure),
                        Stand::Passed => {}
                    }
                }
                if !self.anything_runs() {
                    self.enter(Phase::Closing);
                }
            }
            Phase::Closing => {
                self.release_sessions();
                if self.state.sessions.is_empty() {
                    self.end();
                }
            }
            Phase::Over => {}
        }
        if matches!(
            self.state.phase,
            Phase::Steps | Phase::OnError | Phase::Finally
        ) {
            self.release_sessions();
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.cancel_all();
        self.note(None, Level::Error, &failure.to_string());
        self.first_failure(failure);
        let has_steps = !self.workflow.on_error.is_empty() && !self.state.is_cancelled;
        self.enter(if has_steps {
            Phase::OnError
        } else {
            Phase::Finally
        });
    }

    fn first_failure(&mut self, failure: Failure) {
        self.state.error.get_or_insert(failure);
    }

    fn enter(&mut self, phase: Phase) {
        self.state.phase = phase;
        self.state.is_paused = false;
        self.state.deadline = match phase {
            Phase::OnError | Phase::Finally => Some(later(self.now, FINALLY_MAX)),
            _ => None,
        };
    }

    fn end(&mut self) {
        self.enter(Phase::Over);
        self.state.ended_at = Some(self.now);
        self.state.outputs = self.scope(None, &[]).outputs();
        self.state.status = if self.state.is_cancelled {
            ExecutionStatus::Cancelled
        } else if self.state.error.is_some() {
            ExecutionStatus::Failed
        } else {
            ExecutionStatus::Completed
        };
        let level = match self.state.status {
            ExecutionStatus::Completed => Level::Info,
            _ => Level::Error,
        };
        self.note(None, level, self.state.status.as_str());
    }

    fn cancel(&mut self) {
        if self.state.status.is_final() {
            return;
        }
        self.note(None, Level::Info, "cancelled");
        self.state.is_cancelled = true;
        self.state.is_paused = false;
        self.cancel_all();
        // A second time ends the steps at the end as well.
        let phase = match self.state.phase {
            Phase::Steps | Phase::OnError => Phase::Finally,
            Phase::Finally | Phase::Closing => Phase::Closing,
            Phase::Over => return,
        };
        self.enter(phase);
    }

    /// The steps of a list one after the other.
    fn list(&mut self, steps: &'a [Step], rounds: &[u32]) -> Stand {
        for step in steps {
            match self.step(step, rounds) {
                Stand::Passed => {}
                other => return other,
            }
        }
        Stand::Passed
    }

    fn step(&mut self, step: &'a Step, rounds: &[u32]) -> Stand {
        let key = node_key(&step.name, rounds);
        let Some(node) = self.state.nodes.get(&key) else {
            if !self.state.is_paused {
                self.begin(step, rounds);
                return self.step(step, rounds);
            }
            return Stand::Waits;
        };
        let is_late = node.deadline.is_some_and(|deadline| self.now >= deadline);
        match node.status {
            NodeStatus::Completed => Stand::Passed,
            NodeStatus::Cancelled => Stand::Failed(self.failure(&key)),
            NodeStatus::Failed => self.after_failure(step, rounds, &key),
            NodeStatus::Pending if is_late && !self.state.is_paused => {
                self.attempt(step, rounds, &key);
                self.step(step, rounds)
            }
            NodeStatus::Pending => Stand::Waits,
            NodeStatus::Running if is_late => {
                let allowed = spoken(node.allowed.unwrap_or_default());
                self.cancel_below(&step.name, rounds);
                self.fail_node(step, rounds, format!("took longer than {allowed}"));
                self.step(step, rounds)
            }
            NodeStatus::Running => self.running(step, rounds, &key),
        }
    }

    /// What becomes of the list that a failed step is in.
    fn after_failure(&mut self, step: &'a Step, rounds: &[u32], key: &str) -> Stand {
        let is_handled = self
            .state
            .nodes
            .get(key)
            .is_some_and(|node| node.is_handled);
        match &step.on_error {
            OnError::Continue => Stand::Passed,
            OnError::Fail => Stand::Failed(self.failure(key)),
            OnError::Steps(_) if is_handled => Stand::Passed,
            OnError::Steps(steps) => {
                let stand = self.list(steps, rounds);
                if stand == Stand::Passed {
                    self.node(key, |node| node.is_handled = true);
                }
                stand
            }
        }
    }

    fn failure(&self, key: &str) -> Failure {
        let node = self.state.nodes.get(key);
        let message = node.and_then(|node| node.error.clone());
        Failure {
            message: message.unwrap_or_else(|| "cancelled".to_owned()),
            step: Some(key.to_owned()),
        }
    }

    fn begin(&mut self, step: &'a Step, rounds: &[u32]) {
        let key = node_key(&step.name, rounds);
        self.state.nodes.insert(
            key.clone(),
            Node {
                step: step.name.clone(),
                rounds: rounds.to_vec(),
                status: NodeStatus::Pending,
                attempt: 0,
                stage: 0,
                effect: None,
                session: None,
                cwd: None,
                result: serde_json::Map::new(),
                error: None,
                items: None,
                round: 0,
                first_round: 0,
                branch: None,
                is_handled: false,
                started_at: self.now,
                ended_at: None,
                deadline: None,
                allowed: None,
            },
        );
        self.attempt(step, rounds, &key);
    }

    fn attempt(&mut self, step: &'a Step, rounds: &[u32], key: &str) {
        let (now, allowed, deadline) = (self.now, step.timeout, self.after(step.timeout));
        self.node(key, |node| {
            node.status = NodeStatus::Running;
            node.attempt += 1;
            node.stage = 0;
            node.error = None;
            node.result.clear();
            node.started_at = now;
            node.ended_at = None;
            node.deadline = deadline;
            node.allowed = allowed;
        });
        let attempt = self.state.nodes.get(key).map_or(1, |node| node.attempt);
        let again = if attempt > 1 {
            format!(", attempt {attempt}")
        } else {
            String::new()
        };
        self.note(Some(key), Level::Info, &format!("started{again}"));
        self.start(step, rounds, key);
    }

    fn complete(&mut self, key: &str) {
        let now = self.now;
        self.node(key, |node| {
            node.status = NodeStatus::Completed;
            node.effect = None;
            node.deadline = None;
            node.ended_at = Some(now);
        });
        self.note(Some(key), Level::Info, "completed");
    }

    /// A step has failed: it is tried again, or that is its end.
    fn fail_node(&mut self, step: &'a Step, rounds: &[u32], message: String) {
        let key = node_key(&step.name, rounds);
        let attempt = self.state.nodes.get(&key).map_or(1, |node| node.attempt);
        let now = self.now;
        let retry = step.retry.filter(|retry| attempt < retry.max_attempts);
        self.abandon_session(&key, retry.is_some());
        if let Some(retry) = retry {
            let said = format!("failed and is tried again: {message}");
            self.note(Some(&key), Level::Warning, &said);
            let until = later(now, retry.pause(attempt));
            return self.node(&key, |node| {
                node.status = NodeStatus::Pending;
                node.effect = None;
                node.error = Some(message);
                node.deadline = Some(until);
            });
        }
        self.note(Some(&key), Level::Error, &format!("failed: {message}"));
        self.node(&key, |node| {
            node.status = NodeStatus::Failed;
            node.effect = None;
            node.error = Some(message);
            node.deadline = None;
            node.ended_at = Some(now);
        });
    }

    fn cancel_all(&mut self) {
        let now = self.now;
        for node in self.state.nodes.values_mut() {
            node.cancel(now);
        }
    }

    /// Ends whatever still runs within a step.
    fn cancel_below(&mut self, name: &str, rounds: &[u32]) {
        let (now, places) = (self.now, self.places);
        for node in self.state.nodes.values_mut() {
            if is_below(places, node, name, rounds) {
                node.cancel(now);
            }
        }
    }

    fn runs_below(&self, name: &str, rounds: &[u32]) -> bool {
        let mut nodes = self.state.nodes.values();
        nodes.any(|node| !node.status.is_over() && is_below(self.places, node, name, rounds))
    }

    fn anything_runs(&self) -> bool {
        self.state.nodes.values().any(|node| !node.status.is_over())
    }

    fn node(&mut self, key: &str, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.state.nodes.get_mut(key) {
            change(node);
        }
    }

    fn scope<'s>(&'s self, step: Option<&'s str>, rounds: &'s [u32]) -> Scope<'s> {
        Scope {
            workflow: self.workflow,
            places: self.places,
            state: self.state,
            step,
            rounds,
        }
    }

    fn note(&mut self, step: Option<&str>, level: Level, message: &str) {
        self.log.push(LogLine {
            timestamp: self.now,
            step: step.map(str::to_owned),
            level,
            message: message.to_owned(),
        });
    }

    fn after(&self, millis: Option<u64>) -> Option<Timestamp> {
        let millis = i64::try_from(millis?).unwrap_or(i64::MAX);
        Some(later(self.now, millis))
    }
}

impl Node {
    fn cancel(&mut self, now: Timestamp) {
        if !self.status.is_over() {
            self.status = NodeStatus::Cancelled;
            self.effect = None;
            self.deadline = None;
            self.ended_at = Some(now);
        }
    }
}

fn is_below(places: &Places<'_>, node: &Node, name: &str, rounds: &[u32]) -> bool {
    let Some(place) = places.get(&node.step) else {
        return false;
    };
    place.around.iter().any(|step| step.name == name) && node.rounds.starts_with(rounds)
}

fn later(now: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(now.as_millis().saturating_add(millis))
}

/// A time as people say it.
fn spoken(millis: u64) -> String {
    match millis {
        0..1000 => format!("{millis} ms"),
        m if m % 3_600_000 == 0 => format!("{} h", m / 3_600_000),
        m if m % 60_000 == 0 => format!("{} min", m / 60_000),
        m if m % 1000 == 0 => format!("{} s", m / 1000),
        m => format!("{}.{} s", m / 1000, m % 1000 / 100),
    }
}
