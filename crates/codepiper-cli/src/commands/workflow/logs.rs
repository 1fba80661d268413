//! What an execution has logged, and its end.

use super::super::Context;
use super::executions;
use crate::error::CliError;
use crate::output;
use serde_json::Value;

/// Waits until it is over; how it stands then.
pub(super) async fn wait(context: &Context, id: &str) -> Result<String, CliError> {
    follow(context, id, true, |_| Ok(())).await
}

/// Prints its log, to its end where that is wanted; how it stands then.
pub(super) async fn show(
    context: &Context,
    id: &str,
    to_the_end: bool,
) -> Result<String, CliError> {
    follow(context, id, to_the_end, |line| print(context, line)).await
}

async fn follow(
    context: &Context,
    id: &str,
    to_the_end: bool,
    tell: impl Fn(&Value) -> Result<(), CliError>,
) -> Result<String, CliError> {
    let mut after = 0;
    loop {
        let wait = if to_the_end { "&wait=30" } else { "" };
        let path = format!("{}/log?after={after}{wait}", executions::path(id));
        let answer = context.client.get(&path).await?;
        let lines = answer["lines"].as_array().cloned().unwrap_or_default();
        for line in &lines {
            after = line["id"].as_i64().unwrap_or(after);
            tell(line)?;
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
    let whole = format!("{time}  {step}{}", text("message").trim_end());
    for (i, line) in whole.lines().enumerate() {
        let indent = if i == 0 { "" } else { "          " };
        output::line(format!("{indent}{}", output::harmless(line)))?;
    }
    Ok(())
}
