//! Steps that hold others.

use serde_json::{Value, json};

use super::{Machine, Stand, results};
use crate::condition::Condition;
use crate::definition::{Item, Items, Kind, Step, WaitFor};
use crate::limits::{self, ITEMS_MAX, NODES_MAX};
use crate::state::{Failure, node_key};
use crate::template::{Lookup, Template};

impl<'a> Machine<'a> {
    /// A step that is under way.
    pub(super) fn running(&mut self, step: &'a Step, rounds: &[u32], key: &str) -> Stand {
        let stand = match &step.kind {
            Kind::If {
                condition,
                then,
                otherwise,
            } => self.branch(step, condition, then, otherwise, rounds),
            Kind::Parallel {
                steps,
                wait_for,
                max_concurrent,
            } => self.parallel(step, steps, *wait_for, *max_concurrent, rounds),
            Kind::Foreach {
                steps,
                max_concurrent,
                ..
            } => self.foreach(steps, *max_concurrent, rounds, key),
            Kind::Until {
                condition,
                steps,
                limit,
            } => self.until(step, condition, steps, *limit, rounds),
            _ => return Stand::Waits,
        };
        match stand {
            Stand::Waits => Stand::Waits,
            // What was left in the background is still to be looked after.
            Stand::Passed if self.runs_below(&step.name, rounds) => Stand::Passed,
            Stand::Passed => {
                self.complete(key);
                Stand::Passed
            }
            Stand::Failed(failure) => {
                self.cancel_below(&step.name, rounds);
                let message = match failure.step {
                    Some(inner) if inner != key => format!("`{inner}`: {}", failure.message),
                    _ => failure.message,
                };
                self.fail_node(step, rounds, message);
                self.step(step, rounds)
            }
        }
    }

    fn branch(
        &mut self,
        step: &'a Step,
        condition: &Condition,
        then: &'a [Step],
        otherwise: &'a [Step],
        rounds: &[u32],
    ) -> Stand {
        let key = node_key(&step.name, rounds);
        let decided = self.state.nodes.get(&key).and_then(|node| node.branch);
        let holds = match decided {
            Some(holds) => Ok(holds),
            None => condition.holds(&self.scope(Some(&step.name), rounds)),
        };
        match holds {
            Err(message) => Stand::Failed(Failure {
                message,
                step: Some(key),
            }),
            Ok(holds) => {
                self.node(&key, |node| node.branch = Some(holds));
                self.list(if holds { then } else { otherwise }, rounds)
            }
        }
    }

    fn parallel(
        &mut self,
        step: &'a Step,
        steps: &'a [Step],
        wait_for: WaitFor,
        most: Option<usize>,
        rounds: &[u32],
    ) -> Stand {
        let most = most.unwrap_or(steps.len());
        let (mut waiting, mut passed) = (0, 0);
        let mut failed = None;
        for child in steps {
            let has_begun = self
                .state
                .nodes
                .contains_key(&node_key(&child.name, rounds));
            if !has_begun && waiting >= most {
                waiting += 1;
                continue;
            }
            match self.step(child, rounds) {
                Stand::Waits => waiting += 1,
                Stand::Passed => passed += 1,
                Stand::Failed(failure) => {
                    if wait_for == WaitFor::All {
                        return Stand::Failed(failure);
                    }
                    failed = Some(failure);
                }
            }
        }
        match wait_for {
            WaitFor::Any if passed > 0 => {
                self.cancel_below(&step.name, rounds);
                Stand::Passed
            }
            WaitFor::Any if waiting == 0 => failed.map_or(Stand::Passed, Stand::Failed),
            WaitFor::All if waiting == 0 => Stand::Passed,
            WaitFor::All | WaitFor::Any => Stand::Waits,
            // Those that have not begun yet keep the step from being over.
            WaitFor::None if self.state.is_paused => Stand::Waits,
            WaitFor::None => Stand::Passed,
        }
    }

    fn foreach(&mut self, steps: &'a [Step], most: usize, rounds: &[u32], key: &str) -> Stand {
        let node = self.state.nodes.get(key);
        let count = node
            .and_then(|node| node.items.as_ref())
            .map_or(0, Vec::len);
        let mut waiting = 0;
        for index in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            let inner = [rounds, &[index]].concat();
            let mut begun = steps.iter().map(|step| node_key(&step.name, &inner));
            if waiting >= most && !begun.any(|key| self.state.nodes.contains_key(&key)) {
                return Stand::Waits;
            }
            self.node(key, |node| node.round = node.round.max(index));
            match self.list(steps, &inner) {
                Stand::Waits => waiting += 1,
                Stand::Passed => {}
                failed @ Stand::Failed(_) => return failed,
            }
        }
        if waiting > 0 {
            return Stand::Waits;
        }
        let last = steps.last();
        let each = (0..u32::try_from(count).unwrap_or(u32::MAX)).map(|index| {
            let inner = [rounds, &[index]].concat();
            let node = self.state.nodes.get(&node_key(&last?.name, &inner))?;
            Some(Value::Object(super::scope::results(node)))
        });
        let each: Vec<Value> = each.map(Option::unwrap_or_default).collect();
        self.node(key, |node| {
            node.result.insert("count".to_owned(), json!(each.len()));
            node.result.insert("results".to_owned(), json!(each));
        });
        Stand::Passed
    }

    /// The items of a loop, when it begins.
    pub(super) fn items(&mut self, step: &'a Step, items: &Items, rounds: &[u32], key: &str) {
        let scope = self.scope(Some(&step.name), rounds);
        let items = match items {
            Items::Text(text) => listed(text, &scope),
            Items::List(items) => each(items, &scope),
        };
        let items = items.and_then(|items| match items.len() {
            0..=ITEMS_MAX => Ok(items),
            many => Err(format!(
                "a loop has at most {ITEMS_MAX} items; these are {many}"
            )),
        });
        let steps = step.lists().first().map_or(0, |(_, steps)| steps.len());
        let items = items.and_then(|items| {
            self.room_for(items.len() * steps)?;
            Ok(items)
        });
        match items {
            Ok(items) => self.node(key, |node| node.items = Some(items)),
            Err(message) => self.fail_node(step, rounds, message),
        }
    }

    /// Loops in loops could be more than anybody keeps.
    fn room_for(&self, more: usize) -> Result<(), String> {
        if self.state.nodes.len() + more <= NODES_MAX {
            return Ok(());
        }
        Err(format!(
            "an execution has at most {NODES_MAX} steps, rounds counted"
        ))
    }

    fn until(
        &mut self,
        step: &'a Step,
        condition: &Condition,
        steps: &'a [Step],
        limit: u32,
        rounds: &[u32],
    ) -> Stand {
        let key = node_key(&step.name, rounds);
        let node = self.state.nodes.get(&key);
        let (current, has_held) =
            node.map_or((0, false), |node| (node.round, node.branch == Some(true)));
        for earlier in 0..current {
            // What an earlier round left in the background goes on.
            self.list(steps, &[rounds, &[earlier]].concat());
        }
        if has_held {
            self.list(steps, &[rounds, &[current]].concat());
            return Stand::Passed;
        }
        loop {
            let Some(node) = self.state.nodes.get(&key) else {
                return Stand::Waits;
            };
            let (round, done) = (node.round, node.round - node.first_round + 1);
            let inner = [rounds, &[round]].concat();
            match self.list(steps, &inner) {
                Stand::Passed => {}
                other => return other,
            }
            let name = steps.last().map(|step| step.name.as_str());
            match condition.holds(&self.scope(name, &inner)) {
                Err(message) => {
                    return Stand::Failed(Failure {
                        message,
                        step: Some(key),
                    });
                }
                Ok(true) => {
                    let rounds = json!(round + 1);
                    self.node(&key, |node| {
                        node.branch = Some(true);
                        node.result.insert("rounds".to_owned(), rounds);
                    });
                    return Stand::Passed;
                }
                Ok(false) if done >= limit => {
                    let message = format!(
                        "`{}` does not hold after {}",
                        condition.source(),
                        results::times(done)
                    );
                    return Stand::Failed(Failure {
                        message,
                        step: Some(key),
                    });
                }
                Ok(false) if self.state.is_paused => return Stand::Waits,
                Ok(false) if let Err(message) = self.room_for(steps.len()) => {
                    return Stand::Failed(Failure {
                        message,
                        step: Some(key),
                    });
                }
                Ok(false) => self.node(&key, |node| node.round += 1),
            }
        }
    }
}

/// The items that one text names.
fn listed(text: &Template, values: &impl Lookup) -> Result<Vec<Value>, String> {
    match text.value(values) {
        Err(unknown) => Err(unknown.to_string()),
        Ok(Value::Array(items)) => Ok(items),
        Ok(Value::String(text)) => Ok(limits::items(&text)),
        Ok(Value::Null) => Ok(Vec::new()),
        Ok(_) => Err("`items` is to be a list, or a text with commas between items".to_owned()),
    }
}

/// Items that are written down.
fn each(items: &[Item], values: &impl Lookup) -> Result<Vec<Value>, String> {
    let items = items.iter().map(|item| match item {
        Item::Text(text) => text.value(values).map_err(|unknown| unknown.to_string()),
        Item::Value(value) => Ok(value.clone()),
    });
    items.collect()
}
