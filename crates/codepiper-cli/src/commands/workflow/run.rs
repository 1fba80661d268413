use std::path::Path;
use std::time::Duration;

use codepiper_api::{ErrorBody, ExecuteWorkflowRequest};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::super::Context;
use super::{definitions, draw, executions};
use crate::cli::RunWorkflow;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: RunWorkflow) -> Result<(), CliError> {
    let file = Path::new(&args.workflow);
    let is_file = ["yaml", "yml", "json"]
        .iter()
        .any(|ending| file.extension().is_some_and(|found| found == *ending));
    let id = if is_file {
        definitions::keep(context, file).await?
    } else {
        args.workflow
    };
    let mut variables: Map<String, Value> = args
        .variables
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    add_directory(context, &id, &mut variables).await?;
    let request = ExecuteWorkflowRequest {
        variables,
        provider: args.provider,
    };
    let path = format!("{}/execute", definitions::path(&id));
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
    let followed = follow(context, &execution, true);
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
    let answer = context.client.get(&executions::path(&execution)).await?;
    if context.json {
        output::json(&answer)?;
    } else {
        draw::execution(&answer)?;
    }
    if status == "completed" {
        return Ok(());
    }
    let message = format!("execution `{execution}` has {status}");
    let message = message.replace("has cancelled", "was cancelled");
    Err(CliError::failed("execution_failed", message))
}

/// `${CWD}` is where the caller is, unless it is said otherwise.
async fn add_directory(
    context: &Context,
    id: &str,
    variables: &mut Map<String, Value>,
) -> Result<(), CliError> {
    if variables.contains_key("CWD") {
        return Ok(());
    }
    let workflow = context.client.get(&definitions::path(id)).await?;
    let source = workflow["workflow"]["source"].as_str().unwrap_or_default();
    let declares = workflow["workflow"]["definition"]["inputs"].is_object();
    if source.contains("${CWD}") && !declares {
        let here = std::env::current_dir()?;
        variables.insert("CWD".to_owned(), here.to_string_lossy().into());
    }
    Ok(())
}

/// Prints what an execution logs, to its end where that is wanted; how it stands then.
pub(super) async fn follow(
    context: &Context,
    id: &str,
    to_the_end: bool,
) -> Result<String, CliError> {
    let mut after = 0;
    loop {
        let wait = if to_the_end { "&wait=30" } else { "" };
        let path = format!("{}/log?after={after}{wait}", executions::path(id));
        let answer = context.client.get(&path).await?;
        let lines = answer["lines"].as_array().cloned().unwrap_or_default();
        for line in &lines {
            after = line["id"].as_i64().unwrap_or(after);
            print(context, line)?;
        }
        let status = answer["status"].as_str().unwrap_or_default();
        let is_over = matches!(status, "completed" | "failed" | "cancelled");
        if lines.is_empty() && (is_over || !to_the_end) {
            return Ok(status.to_owned());
        }
    }
}

fn print(context: &Context, line: &Value) -> Result<(), CliError> {
    if context.json {
        return output::json(line);
    }
    let text = |key: &str| line[key].as_str().unwrap_or_default();
    let time = text("timestamp").get(11..19).unwrap_or_default();
    let step = match text("step") {
        "" => String::new(),
        step => format!("{step}: "),
    };
    let message = text("message");
    output::line(output::harmless(&format!("{time}  {step}{message}")))
}
