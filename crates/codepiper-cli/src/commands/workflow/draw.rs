//! An execution on a terminal.

use serde_json::Value;

use crate::error::CliError;
use crate::output;

/// The word for how an execution stands.
pub(super) fn status(execution: &Value) -> String {
    let status = execution["status"].as_str().unwrap_or_default();
    let questions = execution["questions"].as_u64().unwrap_or(0);
    match () {
        () if questions > 0 => format!("{status}, asks"),
        () if execution["isPaused"] == true => format!("{status}, paused"),
        () => status.to_owned(),
    }
}

/// An execution with its steps, what they ask and what went wrong.
pub(super) fn execution(answer: &Value) -> Result<(), CliError> {
    let execution = &answer["execution"];
    let text = |value: &Value| output::harmless(value.as_str().unwrap_or_default());
    output::line(format!(
        "{} of {}: {}",
        text(&execution["id"]),
        text(&execution["workflowId"]),
        status(execution)
    ))?;
    if let Some(message) = execution["error"]["message"].as_str() {
        let step = execution["error"]["step"].as_str();
        let at = step.map_or_else(String::new, |step| format!(" at {step}"));
        output::line(output::harmless(&format!("  failed{at}: {message}")))?;
    }
    for step in answer["steps"].as_array().into_iter().flatten() {
        draw(step)?;
    }
    if let Some(outputs) = execution["outputs"].as_object() {
        for (name, value) in outputs {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            output::line(output::harmless(&format!("  {name} = {value}")))?;
        }
    }
    Ok(())
}

fn draw(step: &Value) -> Result<(), CliError> {
    let text = |key: &str| step[key].as_str().unwrap_or_default();
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
    let said = format!(
        "  {sign} {}  {}{again}{session}",
        text("id"),
        text("stepType")
    );
    output::line(output::harmless(&said))?;
    if let Some(error) = step["error"].as_str() {
        output::line(output::harmless(&format!("      {error}")))?;
    }
    if let Some(question) = step["question"].as_str() {
        output::line(output::harmless(&format!("      asks: {question}")))?;
    }
    Ok(())
}
