use std::path::Path;

use codepiper_api::WorkflowRequest;
use serde::Deserialize;
use serde_json::Value;

use super::super::Context;
use super::text_of;
use crate::error::CliError;
use crate::{output, url};

/// A workflow, as the daemon shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workflow {
    id: String,
    name: String,
    description: Option<String>,
    source: String,
    updated_at: String,
}

pub(super) async fn create(
    context: &Context,
    file: &Path,
    id: Option<String>,
) -> Result<(), CliError> {
    let request = WorkflowRequest {
        id,
        source: Some(text_of(file)?),
        ..WorkflowRequest::default()
    };
    let answer = context.client.post("/workflows", &request).await?;
    let id = answer["workflow"]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    said(context, &answer, &format!("workflow {id} created"))
}

pub(super) async fn update(context: &Context, id: &str, file: &Path) -> Result<(), CliError> {
    let request = WorkflowRequest {
        source: Some(text_of(file)?),
        ..WorkflowRequest::default()
    };
    let answer = context.client.put(&path(id), &request).await?;
    said(context, &answer, &format!("workflow {id} updated"))
}

/// Keeps a file under the name that it has, whether there is such a workflow or not; its id.
pub(super) async fn keep(context: &Context, file: &Path) -> Result<String, CliError> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let id: String = stem
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    let request = WorkflowRequest {
        source: Some(text_of(file)?),
        ..WorkflowRequest::default()
    };
    let known = context.client.get("/workflows").await?;
    let known = known["workflows"].as_array().cloned().unwrap_or_default();
    if known.iter().any(|workflow| workflow["id"] == id.as_str()) {
        context.client.put(&path(&id), &request).await?;
    } else {
        let request = WorkflowRequest {
            id: Some(id.clone()),
            ..request
        };
        context.client.post("/workflows", &request).await?;
    }
    Ok(id)
}

pub(super) async fn list(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/workflows").await?;
    if context.json {
        return output::json(&answer);
    }
    let workflows: Vec<Workflow> = serde_json::from_value(answer["workflows"].clone())?;
    if workflows.is_empty() {
        output::note("no workflow is kept; `codepiper workflow create FILE` keeps one");
        return Ok(());
    }
    let rows = workflows.into_iter().map(|workflow| {
        let description = workflow.description.unwrap_or_default();
        let first = description.lines().next().unwrap_or_default().to_owned();
        [workflow.id, workflow.name, workflow.updated_at, first]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    output::table(["ID", "NAME", "CHANGED", "DESCRIPTION"], &rows)
}

pub(super) async fn get(context: &Context, id: &str) -> Result<(), CliError> {
    let answer = context.client.get(&path(id)).await?;
    if context.json {
        return output::json(&answer);
    }
    let workflow: Workflow = serde_json::from_value(answer["workflow"].clone())?;
    let mut out = output::document();
    out.write_all(workflow.source.as_bytes())?;
    if !workflow.source.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

pub(super) async fn delete(context: &Context, id: &str) -> Result<(), CliError> {
    let answer = context.client.delete(&path(id)).await?;
    said(context, &answer, &format!("workflow {id} removed"))
}

fn said(context: &Context, answer: &Value, words: &str) -> Result<(), CliError> {
    if context.json {
        output::json(answer)
    } else {
        output::line(words)
    }
}

pub(super) fn path(id: &str) -> String {
    format!("/workflows/{}", url::encode(id))
}
