//! What an execution is given, against what its workflow asks for.

use std::collections::BTreeSet;

use codepiper_model::ProviderId;
use serde_json::{Map, Value};

use crate::check::references;
use crate::definition::{Kind, Workflow};
use crate::fields::nearest;
use crate::template::{Lookup, Reference, descend};

/// The values that an execution begins with, or everything that is wrong with what it was given.
pub fn given(
    workflow: &Workflow,
    mut said: Map<String, Value>,
) -> Result<Map<String, Value>, Vec<String>> {
    let Some(inputs) = &workflow.inputs else {
        return with_all_mentioned(workflow, said);
    };
    let mut values = Map::new();
    let mut wrong = Vec::new();
    for input in inputs {
        match said.remove(&input.name) {
            Some(value) => match input.kind.take(value) {
                Some(value) => {
                    values.insert(input.name.clone(), value);
                }
                None => wrong.push(format!("`{}` is to be {}", input.name, input.kind.wanted())),
            },
            None if input.is_required => {
                let what = input.description.as_deref();
                let what = what.map_or_else(String::new, |what| format!(" ({what})"));
                wrong.push(format!("`{}` has no value{what}", input.name));
            }
            None => {
                let value = input.default.clone().unwrap_or(Value::Null);
                values.insert(input.name.clone(), value);
            }
        }
    }
    let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    wrong.extend(unknown_providers(workflow, &values));
    for name in said.keys() {
        let hint = nearest(name, &names).map_or_else(String::new, |n| format!("; is it `{n}`?"));
        wrong.push(format!("there is no input `{name}`{hint}"));
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        Err(wrong)
    }
}

/// A workflow that declares nothing takes whatever it mentions, and needs all of it.
fn with_all_mentioned(
    workflow: &Workflow,
    said: Map<String, Value>,
) -> Result<Map<String, Value>, Vec<String>> {
    let missing = mentioned(workflow)
        .into_iter()
        .filter(|name| !said.contains_key(name));
    let mut wrong: Vec<String> = missing
        .map(|name| format!("`{name}` has no value"))
        .collect();
    wrong.extend(unknown_providers(workflow, &said));
    if wrong.is_empty() {
        Ok(said)
    } else {
        Err(wrong)
    }
}

/// What is wrong with the agents that the values name.
fn unknown_providers(workflow: &Workflow, values: &Map<String, Value>) -> Vec<String> {
    let mut wrong = Vec::new();
    workflow.walk(&mut |step, _| {
        if let Kind::Session(session) = &step.kind
            && let Ok(provider) = session.provider.text(&Given(values))
            && let Err(unknown) = provider.parse::<ProviderId>()
        {
            wrong.push(format!("step `{}`: {unknown}", step.name));
        }
    });
    wrong
}

struct Given<'a>(&'a Map<String, Value>);

impl Lookup for Given<'_> {
    fn lookup(&self, reference: &Reference) -> Option<Value> {
        match reference.segments() {
            [first, name, rest @ ..] if first == "inputs" => descend(self.0.get(name)?, rest),
            [name, rest @ ..] => descend(self.0.get(name)?, rest),
            [] => None,
        }
    }
}

/// The variables that a workflow mentions.
pub(crate) fn mentioned(workflow: &Workflow) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut note = |reference: &Reference| match reference.segments() {
        [first, rest @ ..] if first == "inputs" => names.extend(rest.first().cloned()),
        [first, ..]
            if !matches!(
                first.as_str(),
                "steps" | "item" | "index" | "error" | "execution"
            ) =>
        {
            names.insert(first.clone());
        }
        _ => {}
    };
    workflow.walk(&mut |step, _| {
        for (_, reference) in references(step) {
            note(reference);
        }
        if let Kind::Until { condition, .. } = &step.kind {
            condition.references().iter().for_each(&mut note);
        }
    });
    let general = workflow
        .env
        .values()
        .chain(&workflow.cwd)
        .chain(&workflow.billing_mode)
        .chain(workflow.outputs.values());
    for template in general {
        template.references().for_each(&mut note);
    }
    names
}
