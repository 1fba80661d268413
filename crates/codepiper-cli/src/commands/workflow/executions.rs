use codepiper_api::{AnswerStepRequest, ErrorBody};
use serde_json::{Value, json};

use super::super::Context;
use super::{definitions, draw, logs, tree};
use crate::cli::{AnswerStep, OneExecution};
use crate::error::CliError;
use crate::{output, url};

/// The one execution whose id begins so.
pub(super) async fn find(context: &Context, text: &str) -> Result<String, CliError> {
    let answer = context
        .client
        .get("/workflows/executions?limit=1000")
        .await?;
    let all = answer["executions"].as_array().cloned().unwrap_or_default();
    let ids = all.iter().filter_map(|execution| execution["id"].as_str());
    let lower = text.to_ascii_lowercase();
    let found: Vec<&str> = ids
        .filter(|id| !lower.is_empty() && id.starts_with(&lower))
        .collect();
    match found.as_slice() {
        [one] => Ok((*one).to_owned()),
        // One that is older than all of these.
        [] if text.len() == 36 => Ok(text.to_owned()),
        [] => {
            let message = format!("there is no execution `{text}`");
            let body = ErrorBody::new("execution_not_found", message);
            let hint = "`codepiper workflow executions` lists them";
            Err(CliError::NotFound(body.with_hint(hint)))
        }
        several => {
            let message = format!("`{text}` begins several executions");
            let body = ErrorBody::new("ambiguous", message);
            Err(CliError::NotFound(body.with_hint(several.join("\n"))))
        }
    }
}

pub(super) async fn list(
    context: &Context,
    workflow: Option<&str>,
    status: Option<&str>,
) -> Result<(), CliError> {
    let path = match workflow {
        Some(id) => format!("{}/executions", definitions::path(id)),
        None => "/workflows/executions".to_owned(),
    };
    let query = status.map(|status| format!("?status={}", url::encode(status)));
    let path = format!("{path}{}", query.unwrap_or_default());
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let executions = answer["executions"].as_array().cloned().unwrap_or_default();
    let rows = executions.iter().map(|execution| {
        let id: String = text(&execution["id"]).chars().take(8).collect();
        [
            id,
            text(&execution["workflowId"]),
            draw::status(execution),
            text(&execution["startedAt"]),
            text(&execution["completedAt"]),
        ]
    });
    let rows: Vec<[String; 5]> = rows.collect();
    output::table(["ID", "WORKFLOW", "STATUS", "STARTED", "ENDED"], &rows)
}

pub(super) async fn show(context: &Context, text: &str, follow: bool) -> Result<(), CliError> {
    let id = find(context, text).await?;
    if follow && output::is_screen() && !context.json {
        return tree::watch(context, &id).await.map(drop);
    }
    if follow {
        logs::wait(context, &id).await?;
    }
    let answer = context.client.get(&path(&id)).await?;
    if context.json {
        return output::json(&answer);
    }
    draw::print(&draw::execution(&answer))
}

pub(super) async fn tell(
    context: &Context,
    one: &OneExecution,
    word: &str,
    said: &str,
) -> Result<(), CliError> {
    let id = find(context, &one.execution).await?;
    let path = format!("{}/{word}", path(&id));
    let answer = context.client.post(&path, &json!({})).await?;
    if context.json {
        return output::json(&answer);
    }
    output::line(format!("execution {id}: {said}"))
}

pub(super) async fn answer(
    context: &Context,
    args: AnswerStep,
    approve: bool,
) -> Result<(), CliError> {
    let id = find(context, &args.execution).await?;
    let step = match args.step {
        Some(step) => step,
        None => only_question(context, &id).await?,
    };
    let request = AnswerStepRequest {
        approve,
        note: args.note,
    };
    let path = format!("{}/steps/{}/answer", path(&id), url::encode(&step));
    let answer = context.client.post(&path, &request).await?;
    if context.json {
        return output::json(&answer);
    }
    let said = if approve { "approved" } else { "refused" };
    output::line(format!("step {step}: {said}"))
}

async fn only_question(context: &Context, id: &str) -> Result<String, CliError> {
    let answer = context.client.get(&path(id)).await?;
    let steps = answer["steps"].as_array().cloned().unwrap_or_default();
    let asking = steps.iter().filter(|step| step["question"].is_string());
    let asking: Vec<&str> = asking.filter_map(|step| step["id"].as_str()).collect();
    match asking.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => {
            let message = format!("no step of execution `{id}` asks anything");
            Err(CliError::Refused(ErrorBody::new("nothing_asked", message)))
        }
        several => {
            let body = ErrorBody::new("ambiguous", "several steps ask: name one");
            Err(CliError::NotFound(body.with_hint(several.join("\n"))))
        }
    }
}

pub(super) fn path(id: &str) -> String {
    format!("/workflows/executions/{}", url::encode(id))
}
