//! A failed execution is tried once more, from where it failed.

use super::Machine;
use crate::definition::Kind;
use crate::input::Level;
use crate::state::{ExecutionStatus, NodeStatus, Phase};

impl Machine<'_> {
    pub(super) fn retry(&mut self) {
        let status = self.state.status;
        if !matches!(status, ExecutionStatus::Failed | ExecutionStatus::Cancelled) {
            return;
        }
        self.note(None, Level::Info, "tried again");
        let names: Vec<String> = self.state.nodes.keys().cloned().collect();
        for key in names {
            if self.is_at_the_end(&key) {
                // What was done about the failure, and at the end, is done anew.
                self.leave_session(&key);
                self.state.nodes.remove(&key);
            } else if self.has_failed(&key) {
                self.leave_session(&key);
                self.begin_again(&key);
            }
        }
        self.state.retries += 1;
        self.state.error = None;
        self.state.is_cancelled = false;
        self.state.ended_at = None;
        self.state.outputs.clear();
        self.state.phase = Phase::Steps;
        self.state.status = ExecutionStatus::Running;
        self.state.deadline = self.after(self.workflow.timeout);
    }

    fn is_at_the_end(&self, key: &str) -> bool {
        let node = self.state.nodes.get(key);
        let Some(place) = node.and_then(|node| self.places.get(&node.step)) else {
            return true;
        };
        let outermost = place.around.first().copied().unwrap_or(place.step);
        let mut steps = self.workflow.steps.iter();
        !steps.any(|step| step.name == outermost.name)
    }

    fn has_failed(&self, key: &str) -> bool {
        let node = self.state.nodes.get(key);
        node.is_some_and(|node| match node.status {
            NodeStatus::Cancelled => true,
            NodeStatus::Failed => !node.is_handled,
            _ => false,
        })
    }

    /// What is left of an earlier attempt is not what the next one uses.
    fn leave_session(&mut self, key: &str) {
        let Some(node) = self.state.nodes.get(key) else {
            return;
        };
        let place = self.places.get(&node.step);
        let keeps = place.is_some_and(|place| match &place.step.kind {
            Kind::Session(asked) => asked.keep,
            _ => false,
        });
        if let Some(session) = node.session.filter(|_| keeps) {
            self.state.hold(session, key, true);
            if let Some(held) = self.state.sessions.get_mut(&session.to_string()) {
                held.is_ending = true;
            }
        }
    }

    fn begin_again(&mut self, key: &str) {
        let node = self.state.nodes.get(key);
        let Some(place) = node.and_then(|node| self.places.get(&node.step)) else {
            return;
        };
        let now = self.now;
        let deadline = self.after(place.step.timeout);
        let holds_others = matches!(
            place.step.kind,
            Kind::If { .. } | Kind::Parallel { .. } | Kind::Until { .. }
        );
        self.node(key, |node| {
            node.error = None;
            node.ended_at = None;
            node.first_round = node.round;
            // A loop over a list goes on with the items that it has.
            if holds_others || node.items.is_some() {
                node.status = NodeStatus::Running;
                node.deadline = deadline;
            } else {
                node.status = NodeStatus::Pending;
                node.deadline = Some(now);
            }
        });
    }
}
