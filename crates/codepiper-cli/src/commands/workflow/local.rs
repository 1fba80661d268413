//! What can be said of a file without a daemon.

use std::path::Path;

use codepiper_api::ErrorBody;
use codepiper_workflow::{PlannedList, Problem, Source, Workflow};
use serde_json::json;

use super::text_of;
use crate::error::CliError;
use crate::output;

/// Says everything that is wrong with a file.
pub(in crate::commands) fn validate(file: &Path, as_json: bool) -> Result<(), CliError> {
    let text = text_of(file)?;
    let read = read(&text);
    if as_json {
        let problems = read.as_ref().err().cloned().unwrap_or_default();
        output::json(&json!({ "valid": read.is_ok(), "validationErrors": problems }))?;
    }
    match read {
        Ok(workflow) => {
            if !as_json {
                output::line(format!(
                    "{} is a workflow",
                    output::harmless(&workflow.name)
                ))?;
            }
            Ok(())
        }
        Err(problems) => Err(wrong(file, &problems)),
    }
}

/// Shows what a file would do.
pub(in crate::commands) fn plan(file: &Path, as_json: bool) -> Result<(), CliError> {
    let text = text_of(file)?;
    let workflow = read(&text).map_err(|problems| wrong(file, &problems))?;
    let plan = codepiper_workflow::plan(&workflow);
    if as_json {
        return output::json(&json!({ "plan": plan }));
    }
    output::line(output::harmless(&workflow.name))?;
    for list in &plan {
        print(list, 0)?;
    }
    Ok(())
}

fn print(list: &PlannedList, depth: usize) -> Result<(), CliError> {
    let indent = "  ".repeat(depth);
    if list.name != "steps" || depth == 0 {
        output::line(format!("{indent}{}:", list.name))?;
    }
    for step in &list.steps {
        let said = format!("{}  {}  {}", step.name, step.kind, step.summary);
        output::line(format!("{indent}  {}", output::harmless(&said)))?;
        for inner in &step.lists {
            print(inner, depth + 2)?;
        }
    }
    Ok(())
}

fn read(text: &str) -> Result<Workflow, Vec<Problem>> {
    let source = Source::text(text).map_err(|problem| vec![problem])?;
    source.read()
}

/// All that is wrong with a file, each with its line and a caret.
pub(super) fn wrong(file: &Path, problems: &[Problem]) -> CliError {
    let file = output::harmless(&file.display().to_string());
    let said = problems.iter().map(|problem| {
        let snippet = problem.snippet.as_deref().unwrap_or_default();
        format!("{problem}\n{snippet}")
    });
    let said: Vec<String> = said.collect();
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        many => format!("{many} problems"),
    };
    let body = ErrorBody::new("invalid_workflow", format!("{file}: {count}"));
    CliError::Failed(body.with_hint(said.join("\n")))
}
