use std::path::Path;
use std::time::Duration;

use codepiper_api::{ErrorBody, ExecuteWorkflowRequest};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::super::Context;
use super::{definitions, draw, executions, logs, tree};
use crate::cli::{HowToRun, RunWorkflow};
use crate::error::CliError;
use crate::output;

/// The names of what is a directory to work in.
const DIRECTORIES: [&str; 2] = ["cwd", "CWD"];

pub(super) async fn run(context: &Context, args: RunWorkflow) -> Result<(), CliError> {
    let file = Path::new(&args.workflow);
    let is_file = ["yaml", "yml", "json"]
        .iter()
        .any(|ending| file.extension().is_some_and(|found| found == *ending));
    let id = if is_file {
        let id = definitions::keep(context, file).await?;
        output::note(format!("kept as workflow {id}"));
        id
    } else {
        args.workflow
    };
    let mut variables = given(&args.how);
    add_directory(context, &id, &mut variables).await?;
    begin(context, &id, variables, args.how).await
}

/// Runs the workflow of an execution with what that was given, and what else is said.
pub(super) async fn again(context: &Context, text: &str, how: HowToRun) -> Result<(), CliError> {
    let earlier = executions::find(context, text).await?;
    let shown = context.client.get(&executions::path(&earlier)).await?;
    let execution = &shown["execution"];
    let mut variables = execution["variables"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    variables.extend(given(&how));
    let id = execution["workflowId"].as_str().unwrap_or_default();
    begin(context, id, variables, how).await
}

fn given(how: &HowToRun) -> Map<String, Value> {
    let said = how.variables.iter();
    said.map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect()
}

async fn begin(
    context: &Context,
    id: &str,
    variables: Map<String, Value>,
    args: HowToRun,
) -> Result<(), CliError> {
    let request = ExecuteWorkflowRequest {
        variables,
        provider: args.provider,
    };
    let path = format!("{}/execute", definitions::path(id));
    let answer = context.client.post(&path, &request).await?;
    let execution = answer["executionId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if !args.wait {
        if context.json {
            return output::json(&answer);
        }
        return output::line(format!("execution {execution} begun"));
    }
    let on_screen = output::is_screen() && !context.json;
    let followed = async {
        match () {
            () if on_screen => tree::watch(context, &execution).await,
            () if context.json => logs::wait(context, &execution).await,
            () => logs::show(context, &execution, true).await,
        }
    };
    let status = match args.timeout {
        None => followed.await?,
        Some(millis) => {
            let followed = timeout(Duration::from_millis(millis), followed).await;
            followed.map_err(|_| {
                let message = format!("execution `{execution}` is still running");
                CliError::TimedOut(ErrorBody::new("timeout", message))
            })??
        }
    };
    if !on_screen {
        let answer = context.client.get(&executions::path(&execution)).await?;
        if context.json {
            output::json(&answer)?;
        } else {
            draw::print(&draw::execution(&answer))?;
        }
    }
    if status == "completed" {
        return Ok(());
    }
    let message = format!("execution `{execution}` has {status}");
    let message = message.replace("has cancelled", "was cancelled");
    Err(CliError::failed("execution_failed", message))
}

/// A directory to work in is where the caller is, unless it is said otherwise.
async fn add_directory(
    context: &Context,
    id: &str,
    variables: &mut Map<String, Value>,
) -> Result<(), CliError> {
    let here = std::env::current_dir()?;
    for name in DIRECTORIES {
        if let Some(Value::String(said)) = variables.get_mut(name) {
            *said = here.join(&said).to_string_lossy().into_owned();
        }
    }
    let workflow = context.client.get(&definitions::path(id)).await?;
    let source = workflow["workflow"]["source"].as_str().unwrap_or_default();
    let inputs = workflow["workflow"]["definition"]["inputs"].as_object();
    for name in DIRECTORIES {
        let takes = match inputs {
            Some(inputs) => inputs
                .get(name)
                .is_some_and(|input| input["default"].is_null()),
            None => source.contains(&format!("${{{name}}}")),
        };
        if takes && !variables.contains_key(name) {
            variables.insert(name.to_owned(), here.to_string_lossy().into());
        }
    }
    Ok(())
}
