//! What a workflow would do, for people who look before they run it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::definition::{Items, Kind, OnError, Run, Step, WaitFor, Workflow};

/// A step as it would be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedStep {
    /// Its name.
    pub name: String,
    /// What kind of step it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it does, in a line.
    pub summary: String,
    /// The lists of steps within it.
    #[schema(no_recursion)]
    pub lists: Vec<PlannedList>,
}

/// Steps within another, or a part of the workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlannedList {
    /// What it is: `steps`, `then`, `else`, `on_error`, `finally`.
    pub name: &'static str,
    /// The steps.
    pub steps: Vec<PlannedStep>,
}

/// The parts of a workflow with their steps.
pub fn plan(workflow: &Workflow) -> Vec<PlannedList> {
    let sections = [
        ("steps", &workflow.steps),
        ("on_error", &workflow.on_error),
        ("finally", &workflow.finally),
    ];
    let sections = sections.into_iter().filter(|(_, steps)| !steps.is_empty());
    sections.map(|(name, steps)| list(name, steps)).collect()
}

fn list(name: &'static str, steps: &[Step]) -> PlannedList {
    PlannedList {
        name,
        steps: steps.iter().map(planned).collect(),
    }
}

fn planned(step: &Step) -> PlannedStep {
    let lists = step
        .lists()
        .into_iter()
        .filter(|(_, steps)| !steps.is_empty());
    PlannedStep {
        name: step.name.clone(),
        kind: step.kind_name(),
        summary: summary(step),
        lists: lists.map(|(name, steps)| list(name, steps)).collect(),
    }
}

fn summary(step: &Step) -> String {
    let mut said = match &step.kind {
        Kind::Session(session) => {
            let agent = session.provider.source();
            let model = session.model.as_ref();
            let model = model.map_or_else(String::new, |model| format!(" ({})", model.source()));
            let prompt = session.turn.as_ref();
            prompt.map_or_else(
                || format!("start {agent}{model}"),
                |turn| format!("{agent}{model}: {}", first_line(&turn.prompt.source())),
            )
        }
        Kind::Send(send) => {
            format!(
                "to `{}`: {}",
                send.session,
                first_line(&send.turn.prompt.source())
            )
        }
        Kind::Command(command) => match &command.run {
            Run::Shell(line) => format!("run {}", first_line(&line.source())),
            Run::Program(words) => {
                let words: Vec<String> = words.iter().map(super::Template::source).collect();
                format!("run {}", first_line(&words.join(" ")))
            }
        },
        Kind::Approve { message } => format!("ask: {}", first_line(&message.source())),
        Kind::If { condition, .. } => format!("if {}", condition.source()),
        Kind::Parallel {
            steps, wait_for, ..
        } => {
            let until = match wait_for {
                WaitFor::All => "wait for all",
                WaitFor::Any => "wait for the first",
                WaitFor::None => "in the background",
            };
            format!("{} at a time, {until}", steps.len())
        }
        Kind::Foreach { items, .. } => match items {
            Items::Text(text) => format!("for each of {}", text.source()),
            Items::List(items) => format!("for each of {} items", items.len()),
        },
        Kind::Until {
            condition, limit, ..
        } => format!("until {}, at most {limit} times", condition.source()),
        Kind::Log { message } => first_line(&message.source()),
    };
    if let Some(retry) = step.retry {
        said = format!("{said}; up to {} attempts", retry.max_attempts);
    }
    if step.on_error == OnError::Continue {
        said.push_str("; goes on if it fails");
    }
    said
}

fn first_line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(80).collect();
    if shown.len() < text.trim().len() {
        shown.push('…');
    }
    shown
}
