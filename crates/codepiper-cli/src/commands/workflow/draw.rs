//! An execution on a terminal.

use codepiper_model::Timestamp;
use serde_json::Value;

use crate::error::CliError;
use crate::output;
use crate::usage_line::{duration, price};

/// The word for how an execution stands.
pub(super) fn status(execution: &Value) -> String {
    let status = execution["status"].as_str().unwrap_or_default();
    let asks = execution["questions"].as_u64().unwrap_or(0) > 0;
    let paused = execution["isPaused"] == true;
    let asks = if asks { ", asks" } else { "" };
    let paused = if paused { ", paused" } else { "" };
    format!("{status}{paused}{asks}")
}

/// Prints what was drawn.
pub(super) fn print(lines: &[String]) -> Result<(), CliError> {
    lines.iter().try_for_each(output::line)
}

/// The lines of an execution with its steps, what they ask, what went wrong and what came of it.
pub(super) fn execution(answer: &Value) -> Vec<String> {
    let execution = &answer["execution"];
    let text = |key: &str| execution[key].as_str().unwrap_or_default();
    let mut lines = vec![format!(
        "{} of {}: {}",
        text("id"),
        text("workflowId"),
        status(execution)
    )];
    if let Some(message) = execution["error"]["message"].as_str() {
        let step = execution["error"]["step"].as_str();
        let at = step.map_or_else(String::new, |step| format!(" at {step}"));
        lines.push(format!("  failed{at}: {message}"));
    }
    for step in answer["steps"].as_array().into_iter().flatten() {
        draw(step, &mut lines);
    }
    for (name, value) in execution["outputs"].as_object().into_iter().flatten() {
        let text = value.as_str().map(str::to_owned);
        let text = text.unwrap_or_else(|| value.to_string());
        if text.contains('\n') {
            lines.push(format!("  {name} ="));
            lines.extend(text.lines().map(|line| format!("    {line}")));
        } else {
            lines.push(format!("  {name} = {text}"));
        }
    }
    lines.iter().map(|line| output::harmless(line)).collect()
}

/// How long its latest attempt took.
fn took(step: &Value) -> Option<String> {
    let time = |key: &str| step[key].as_str()?.parse::<Timestamp>().ok();
    let millis = time("completedAt")?.millis_since(time("startedAt")?);
    Some(duration(u64::try_from(millis).ok()?))
}

fn draw(step: &Value, lines: &mut Vec<String>) {
    let text = |key: &str| step[key].as_str().unwrap_or_default();
    let depth = step["depth"].as_u64().unwrap_or(0);
    let indent = "  ".repeat(usize::try_from(depth).unwrap_or(0) + 1);
    let sign = match text("status") {
        "completed" => '✓',
        "failed" => '✗',
        "cancelled" => '-',
        _ => '…',
    };
    let attempt = step["attempt"].as_u64().unwrap_or(1);
    let again = if attempt > 1 {
        format!(", attempt {attempt}")
    } else {
        String::new()
    };
    let session: String = text("sessionId").chars().take(8).collect();
    let session = if session.is_empty() {
        session
    } else {
        format!("  session {session}")
    };
    let name = text("id");
    let kind = text("stepType");
    let took = took(step).map_or_else(String::new, |took| format!("  {took}"));
    let cost = step["cost"].as_f64().map(|cost| price(Some(cost)));
    let cost = cost.map_or_else(String::new, |cost| format!("  {cost}"));
    lines.push(format!(
        "{indent}{sign} {name}  {kind}{again}{took}{cost}{session}"
    ));
    if let Some(error) = step["error"].as_str() {
        lines.push(format!("{indent}    {error}"));
    }
    if let Some(question) = step["question"].as_str() {
        lines.push(format!("{indent}    asks: {question}"));
    }
}
