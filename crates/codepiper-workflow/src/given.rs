//! What an execution is given, against what its workflow asks for.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::check::references;
use crate::definition::Workflow;
use crate::fields::nearest;
use crate::template::Reference;

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
    let wrong: Vec<String> = missing
        .map(|name| format!("`{name}` has no value"))
        .collect();
    if wrong.is_empty() {
        Ok(said)
    } else {
        Err(wrong)
    }
}

/// The variables that a workflow mentions.
pub(crate) fn mentioned(workflow: &Workflow) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut note = |reference: &Reference| match reference.segments() {
        [first, name, ..] if first == "inputs" => {
            names.insert(name.clone());
        }
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
        if let crate::definition::Kind::Until { condition, .. } = &step.kind {
            condition.references().iter().for_each(&mut note);
        }
    });
    let general = workflow
        .env
        .values()
        .chain(&workflow.cwd)
        .chain(workflow.outputs.values());
    for template in general {
        template.references().for_each(&mut note);
    }
    names
}
