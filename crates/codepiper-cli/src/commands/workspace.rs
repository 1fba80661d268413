use codepiper_api::{
    Client, CreateWorkspaceRequest, ErrorBody, UpdateWorkspaceRequest, WorkspaceDefaultsRequest,
    WorktreeWish,
};
use serde::Deserialize;
use serde_json::Value;

use super::launch::directory;
use super::{Context, env_set};
use crate::cli::{Billing, WorkspaceCommand, WorkspaceFlags, Worktrees};
use crate::error::CliError;
use crate::output;

/// A workspace, as the daemon shows it.
#[derive(Deserialize)]
struct Shown {
    id: String,
    name: String,
    path: String,
    defaults: Value,
}

pub(super) async fn run(context: &Context, command: WorkspaceCommand) -> Result<(), CliError> {
    let client = &context.client;
    let (answer, said) = match command {
        WorkspaceCommand::List => return list(context).await,
        WorkspaceCommand::Get { workspace } => {
            let path = format!("/workspaces/{}", id(client, &workspace).await?);
            (client.get(&path).await?, None)
        }
        WorkspaceCommand::Create { name, dir, flags } => {
            let request = CreateWorkspaceRequest {
                name,
                path: directory(&dir)?,
                defaults: defaults(client, flags).await?,
            };
            (client.post("/workspaces", &request).await?, Some("created"))
        }
        WorkspaceCommand::Update {
            workspace,
            name,
            dir,
            flags,
        } => {
            let path = format!("/workspaces/{}", id(client, &workspace).await?);
            let request = UpdateWorkspaceRequest {
                name,
                path: dir.as_deref().map(directory).transpose()?,
                defaults: defaults(client, flags).await?,
            };
            (client.put(&path, &request).await?, Some("changed"))
        }
        WorkspaceCommand::Delete { workspace } => {
            let found = find(client, &workspace).await?;
            let answer = client.delete(&format!("/workspaces/{}", found.id)).await?;
            if context.json {
                return output::json(&answer);
            }
            let name = output::harmless(&found.name);
            output::note(format!("workspace {name} removed; its directory stays"));
            return Ok(());
        }
    };
    if context.json {
        return output::json(&answer);
    }
    let shown = Shown::deserialize(&answer["workspace"])?;
    let (name, path) = (output::harmless(&shown.name), output::harmless(&shown.path));
    if let Some(said) = said {
        output::note(format!("workspace {name} {said}: {path}"));
        return Ok(());
    }
    output::line(format!("{name} ({})\n  path: {path}", shown.id))?;
    for (field, value) in shown.defaults.as_object().into_iter().flatten() {
        if !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()) {
            output::line(format!("  {field}: {}", output::harmless(&said_of(value))))?;
        }
    }
    Ok(())
}

fn said_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(said_of).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

async fn list(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/workspaces").await?;
    if context.json {
        return output::json(&answer);
    }
    let workspaces = Vec::<Shown>::deserialize(&answer["workspaces"])?;
    if workspaces.is_empty() {
        output::note("no workspaces");
        return Ok(());
    }
    let row = |one: &Shown| {
        let of = |field: &str| one.defaults[field].as_str().unwrap_or_default().to_owned();
        let short: String = one.id.chars().take(13).collect();
        [
            short,
            one.name.clone(),
            of("provider"),
            of("worktree"),
            one.path.clone(),
        ]
    };
    let rows: Vec<_> = workspaces.iter().map(row).collect();
    output::table(["ID", "NAME", "PROVIDER", "WORKTREE", "DIRECTORY"], &rows)
}

async fn defaults(
    client: &Client,
    flags: WorkspaceFlags,
) -> Result<WorkspaceDefaultsRequest, CliError> {
    let some = |text: Option<String>| text.map(|text| Some(text).filter(|t| !t.is_empty()));
    let provider = some(flags.provider).map(|name| {
        let parsed = name.map(|name| name.parse());
        parsed.transpose()
    });
    let provider = provider.transpose();
    let provider = provider
        .map_err(|error: codepiper_model::UnknownProvider| CliError::usage(error.to_string()))?;
    let listed = |ids: Vec<String>| {
        let some = ids.iter().any(|id| !id.is_empty());
        (!ids.is_empty()).then(|| if some { ids } else { Vec::new() })
    };
    let env_sets = match listed(flags.env_set) {
        Some(names) => Some(env_set::ids(client, &names).await?),
        None => None,
    };
    Ok(WorkspaceDefaultsRequest {
        provider,
        model: some(flags.model),
        billing_mode: flags.billing.map(Billing::mode).map(Some),
        policy_set_ids: listed(flags.policy_set),
        env_set_ids: env_sets,
        worktree: flags.worktree.map(|wish| match wish {
            Worktrees::Never => WorktreeWish::Never,
            Worktrees::Ask => WorktreeWish::Ask,
            Worktrees::Always => WorktreeWish::Always,
        }),
        setup_script: some(flags.setup),
        teardown_script: some(flags.teardown),
    })
}

/// The id of the workspace that a person named.
pub(super) async fn id(client: &Client, text: &str) -> Result<String, CliError> {
    Ok(find(client, text).await?.id)
}

/// The one workspace whose id or name, or the beginning of whose id, is `text`.
async fn find(client: &Client, text: &str) -> Result<Shown, CliError> {
    let answer = client.get("/workspaces").await?;
    let mut found = Vec::<Shown>::deserialize(&answer["workspaces"])?;
    let is_whole = |one: &Shown| one.id == text || one.name == text;
    if let Some(i) = found.iter().position(is_whole) {
        return Ok(found.swap_remove(i));
    }
    found.retain(|one| !text.is_empty() && one.id.starts_with(text));
    match (found.pop(), found.len()) {
        (Some(one), 0) => Ok(one),
        (None, _) => {
            let message = format!("there is no workspace `{text}`");
            let body = ErrorBody::new("workspace_not_found", message);
            Err(CliError::NotFound(
                body.with_hint("`codepiper workspace list` lists them"),
            ))
        }
        (Some(_), more) => {
            let message = format!("`{text}` could be {} workspaces", more + 1);
            let body = ErrorBody::new("ambiguous_workspace", message);
            Err(CliError::NotFound(body.with_hint("give its name")))
        }
    }
}
