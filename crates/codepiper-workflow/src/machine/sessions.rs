//! A session runs as long as somebody may still need it.

use super::Machine;
use crate::check::on_error_steps;
use crate::definition::{Kind, Step};
use crate::state::{Held, Node, NodeStatus, Phase, node_key};

impl Machine<'_> {
    /// Marks the sessions that nobody needs any more; to end them is then outstanding.
    pub(super) fn release_sessions(&mut self) {
        let is_over = matches!(self.state.phase, Phase::Closing | Phase::Over);
        if is_over {
            let sessions = &mut self.state.sessions;
            sessions.retain(|_, held| held.is_ending || !held.keep);
        }
        let free: Vec<String> = self
            .state
            .sessions
            .iter()
            .filter(|(_, held)| !held.is_ending && !held.keep)
            .filter(|(_, held)| is_over || !self.is_needed(held))
            .map(|(session, _)| session.clone())
            .collect();
        for session in free {
            if let Some(held) = self.state.sessions.get_mut(&session) {
                held.is_ending = true;
            }
        }
    }

    /// Whether the step that started it is under way, or one that may still come prompts it.
    fn is_needed(&self, held: &Held) -> bool {
        let Some(node) = self.state.nodes.get(&held.node) else {
            return false;
        };
        if !node.status.is_over() {
            return true;
        }
        let mut needed = false;
        self.workflow.walk(&mut |step, around| {
            if let Kind::Send(send) = &step.kind
                && send.session == node.step
                && !needed
            {
                needed = self.may_come(step, around, &node.step, &node.rounds);
            }
        });
        needed
    }

    /// Whether a step can still run for what was started in these rounds.
    fn may_come(&self, step: &Step, around: &[&Step], starter: &str, rounds: &[u32]) -> bool {
        let Some(place) = self.places.get(starter) else {
            return false;
        };
        let common = place
            .around
            .iter()
            .zip(around)
            .take_while(|(a, b)| a.name == b.name)
            .count();
        // What they have in common is over: nothing within it comes any more.
        let is_over = |step: &Step, rounds: &[u32]| {
            let node = self.state.nodes.get(&node_key(&step.name, rounds));
            node.is_some_and(|node| node.status.is_over() && !is_being_handled(step, node))
        };
        let rounds_of = |name: &str| {
            let depth = self.places.loops(name).len().min(rounds.len());
            &rounds[..depth]
        };
        if let Some(inner) = common.checked_sub(1).map(|at| around[at])
            && is_over(inner, rounds_of(&inner.name))
        {
            return false;
        }
        // The round of a loop that both are in may be over although the loop is not.
        let next = around.get(common).copied().unwrap_or(step);
        !is_over(next, rounds_of(&next.name)) && self.is_section_ahead(around, step)
    }

    /// Whether the part of the workflow that a step is in has not been passed.
    fn is_section_ahead(&self, around: &[&Step], step: &Step) -> bool {
        let outermost = around.first().copied().unwrap_or(step);
        let is_in = |steps: &[Step]| steps.iter().any(|other| other.name == outermost.name);
        let section = if is_in(&self.workflow.steps) {
            0
        } else if is_in(&self.workflow.on_error) {
            1
        } else {
            2
        };
        let now = match self.state.phase {
            Phase::Steps => 0,
            Phase::OnError => 1,
            Phase::Finally => 2,
            Phase::Closing | Phase::Over => 3,
        };
        section >= now
    }
}

/// Whether something is still to be done about a step's failure.
fn is_being_handled(step: &Step, node: &Node) -> bool {
    let about = on_error_steps(step);
    node.status == NodeStatus::Failed && !about.is_empty() && !node.is_handled
}
