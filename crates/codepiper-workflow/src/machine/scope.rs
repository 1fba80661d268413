use serde_json::{Map, Value, json};

use super::places::Places;
use crate::definition::{Kind, Workflow};
use crate::state::{Node, NodeStatus, State, node_key};
use crate::template::{Lookup, Reference, descend};

/// What `${…}` means to a step in its round.
pub(super) struct Scope<'a> {
    pub(super) workflow: &'a Workflow,
    pub(super) places: &'a Places<'a>,
    pub(super) state: &'a State,
    /// The step; none for the workflow as a whole.
    pub(super) step: Option<&'a str>,
    pub(super) rounds: &'a [u32],
}

impl Lookup for Scope<'_> {
    fn lookup(&self, reference: &Reference) -> Option<Value> {
        let (first, rest) = reference.segments().split_first()?;
        match first.as_str() {
            "steps" => self.of_step(rest),
            "item" if !self.rounds.is_empty() => descend(&self.item()?, rest),
            "index" if !self.rounds.is_empty() => Some(json!(self.rounds.last()?)),
            "inputs" => descend(&Value::Object(self.state.inputs.clone()), rest),
            "execution" => descend(&json!({ "id": self.state.execution }), rest),
            // Nothing may have gone wrong: the steps at the end ask all the same.
            "error" => Some(descend(&json!(self.error()), rest).unwrap_or_default()),
            name => descend(self.state.inputs.get(name)?, rest),
        }
    }
}

impl<'a> Scope<'a> {
    /// What went wrong, for those who do something about it.
    fn error(&self) -> Option<Value> {
        let around = self.step.and_then(|step| self.places.get(step));
        let failed = around
            .into_iter()
            .flat_map(|place| place.around.iter().rev());
        for step in failed {
            let node = self.node(&step.name);
            if let Some(Node {
                status: NodeStatus::Failed,
                error: Some(message),
                ..
            }) = node
            {
                return Some(json!({ "message": message, "step": step.name }));
            }
        }
        Some(json!(self.state.error.as_ref()?))
    }

    /// The item of the innermost loop over a list.
    fn item(&self) -> Option<Value> {
        let loops = self.places.loops(self.step?);
        let at = loops
            .iter()
            .rposition(|step| matches!(step.kind, Kind::Foreach { .. }))?;
        let node = self
            .state
            .nodes
            .get(&node_key(&loops[at].name, &self.rounds[..at]))?;
        let index = usize::try_from(*self.rounds.get(at)?).ok()?;
        node.items.as_ref()?.get(index).cloned()
    }

    /// A result of another step; nothing where it has not run.
    fn of_step(&self, segments: &[String]) -> Option<Value> {
        let (name, rest) = segments.split_first()?;
        self.places.get(name)?;
        let Some(node) = self.node(name) else {
            return Some(match rest {
                [key] if key == "status" => json!("skipped"),
                _ => Value::Null,
            });
        };
        let Some(key) = rest.first() else {
            return Some(Value::Object(results(node)));
        };
        let value = results(node).remove(key.as_str()).unwrap_or(Value::Null);
        Some(descend(&value, &rest[1..]).unwrap_or(Value::Null))
    }

    /// The node of a step that this one can see: in the rounds that they share, and in the last one
    /// of a loop that only the other is in.
    pub(super) fn node(&self, name: &str) -> Option<&'a Node> {
        let mine = self
            .step
            .map_or_else(Vec::new, |step| self.places.loops(step));
        let mut rounds: Vec<u32> = Vec::new();
        for (i, step) in self.places.loops(name).iter().enumerate() {
            let is_shared = mine.get(i).is_some_and(|other| other.name == step.name)
                && rounds.len() == i
                && self.rounds.len() > i;
            let round = if is_shared {
                self.rounds[i]
            } else {
                self.state.nodes.get(&node_key(&step.name, &rounds))?.round
            };
            rounds.push(round);
        }
        self.state.nodes.get(&node_key(name, &rounds))
    }

    /// The value of a template for the workflow's outputs.
    pub(super) fn outputs(&self) -> Map<String, Value> {
        let outputs = self.workflow.outputs.iter();
        let values = outputs.map(|(name, template)| {
            let value = template.value(self).unwrap_or(Value::Null);
            (name.clone(), value)
        });
        values.collect()
    }
}

/// What others can refer to.
pub(super) fn results(node: &Node) -> Map<String, Value> {
    let mut results = node.result.clone();
    let status = match node.status {
        NodeStatus::Completed => "success",
        other => other.as_str(),
    };
    results.insert("status".to_owned(), json!(status));
    results.insert("attempts".to_owned(), json!(node.attempt));
    results.insert("error".to_owned(), json!(node.error));
    if let Some(session) = node.session {
        results.insert("sessionId".to_owned(), json!(session));
        results.insert("session_id".to_owned(), json!(session));
        if let Some(cwd) = &node.cwd {
            // What an answer was asked for under that name comes first.
            results.entry("cwd").or_insert_with(|| json!(cwd));
        }
    }
    results
}
