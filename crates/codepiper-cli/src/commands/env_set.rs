use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use codepiper_api::{
    Client, CreateEnvSetRequest, ErrorBody, ImportEnvSetRequest, RevealVariableRequest,
    UpdateEnvSetRequest,
};
use serde::Deserialize;

use super::Context;
use super::launch::environment;
use crate::cli::EnvSetCommand;
use crate::error::CliError;
use crate::{output, secret};

/// A set, as the daemon shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Set {
    id: String,
    name: String,
    #[serde(default)]
    description: Option<String>,
    masked_vars: BTreeMap<String, String>,
    var_count: usize,
}

pub(super) async fn run(context: &Context, command: EnvSetCommand) -> Result<(), CliError> {
    let client = &context.client;
    let (answer, said) = match command {
        EnvSetCommand::List => return list(context).await,
        EnvSetCommand::Get { set, reveal: None } => return show(context, &set).await,
        EnvSetCommand::Get {
            set,
            reveal: Some(name),
        } => return reveal(context, &set, name).await,
        EnvSetCommand::Create {
            name,
            description,
            from_env,
        } => {
            let request = CreateEnvSetRequest {
                name,
                description,
                vars: environment(&[], &from_env)?,
            };
            let answer = client.post("/env-sets", &request).await?;
            (answer, "created")
        }
        EnvSetCommand::Update {
            set,
            name,
            description,
        } => {
            let request = UpdateEnvSetRequest {
                name,
                description,
                ..UpdateEnvSetRequest::default()
            };
            (
                client.put(&path(client, &set).await?, &request).await?,
                "changed",
            )
        }
        EnvSetCommand::Set {
            set,
            name,
            from_env,
        } => {
            let path = path(client, &set).await?;
            let request = UpdateEnvSetRequest {
                vars: BTreeMap::from([value(name, from_env)?]),
                ..UpdateEnvSetRequest::default()
            };
            (client.put(&path, &request).await?, "changed")
        }
        EnvSetCommand::Unset { set, names } => {
            let request = UpdateEnvSetRequest {
                unset: names,
                ..UpdateEnvSetRequest::default()
            };
            (
                client.put(&path(client, &set).await?, &request).await?,
                "changed",
            )
        }
        EnvSetCommand::Import { set, file } => {
            let path = format!("{}/import", path(client, &set).await?);
            let text = text_of(&file)?;
            (
                client.post(&path, &ImportEnvSetRequest { text }).await?,
                "changed",
            )
        }
        EnvSetCommand::Delete { set } => {
            let found = find(client, &set).await?;
            let answer = client.delete(&format!("/env-sets/{}", found.id)).await?;
            if !context.json {
                output::note(format!("env set {} removed", output::harmless(&found.name)));
                return Ok(());
            }
            return output::json(&answer);
        }
    };
    if context.json {
        return output::json(&answer);
    }
    let set = Set::deserialize(&answer["envSet"])?;
    let (name, count) = (output::harmless(&set.name), set.var_count);
    output::note(format!("env set {name} {said}: {count} variables"));
    Ok(())
}

/// The ids of sets that a person named.
pub(super) async fn ids(client: &Client, names: &[String]) -> Result<Vec<String>, CliError> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(find(client, name).await?.id);
    }
    Ok(ids)
}

async fn list(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/env-sets").await?;
    if context.json {
        return output::json(&answer);
    }
    let sets = Vec::<Set>::deserialize(&answer["envSets"])?;
    if sets.is_empty() {
        output::note("no env sets");
        return Ok(());
    }
    let row = |set: &Set| {
        [
            set.id.clone(),
            set.name.clone(),
            set.var_count.to_string(),
            set.description.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = sets.iter().map(row).collect();
    output::table(["ID", "NAME", "VARIABLES", "DESCRIPTION"], &rows)
}

async fn show(context: &Context, set: &str) -> Result<(), CliError> {
    let answer = context
        .client
        .get(&path(&context.client, set).await?)
        .await?;
    if context.json {
        return output::json(&answer);
    }
    let set = Set::deserialize(&answer["envSet"])?;
    output::line(format!("{} ({})", output::harmless(&set.name), set.id))?;
    if let Some(description) = &set.description {
        output::line(format!("  {}", output::harmless(description)))?;
    }
    for (name, mask) in &set.masked_vars {
        output::line(format!("  {name}={mask}"))?;
    }
    Ok(())
}

async fn reveal(context: &Context, set: &str, name: String) -> Result<(), CliError> {
    let path = format!("{}/reveal", path(&context.client, set).await?);
    let request = RevealVariableRequest { name };
    let answer = context.client.post(&path, &request).await?;
    if context.json {
        return output::json(&answer);
    }
    let value = answer["value"].as_str().unwrap_or_default();
    output::raw(format!("{value}\n").as_bytes())
}

async fn path(client: &Client, set: &str) -> Result<String, CliError> {
    Ok(format!("/env-sets/{}", find(client, set).await?.id))
}

/// The one set whose id or name, or the beginning of whose id, is `text`.
async fn find(client: &Client, text: &str) -> Result<Set, CliError> {
    let answer = client.get("/env-sets").await?;
    let mut sets = Vec::<Set>::deserialize(&answer["envSets"])?;
    let is_whole = |set: &Set| set.id == text || set.name == text;
    if let Some(i) = sets.iter().position(is_whole) {
        return Ok(sets.swap_remove(i));
    }
    sets.retain(|set| !text.is_empty() && set.id.starts_with(text));
    match (sets.pop(), sets.len()) {
        (Some(set), 0) => Ok(set),
        (None, _) => {
            let body = ErrorBody::new("env_set_not_found", format!("there is no env set `{text}`"));
            Err(CliError::NotFound(
                body.with_hint("`codepiper env-set list` lists them"),
            ))
        }
        (Some(_), more) => {
            let message = format!("`{text}` could be {} env sets", more + 1);
            let body = ErrorBody::new("ambiguous_env_set", message);
            Err(CliError::NotFound(body.with_hint("give its name")))
        }
    }
}

/// A variable with its value, which stands in no argument list.
fn value(name: String, from_env: Option<String>) -> Result<(String, String), CliError> {
    if name.contains('=') {
        // What follows may be a secret: it is not repeated.
        return Err(CliError::usage(
            "give the variable's name only: arguments are visible to others; the value is asked for, \
             or read from standard input",
        ));
    }
    if let Some(from) = from_env {
        let mut found = environment(&[], std::slice::from_ref(&from))?;
        return Ok((name, found.remove(&from).unwrap_or_default()));
    }
    if std::io::stdin().is_terminal() {
        let value = secret::ask(&format!("{name}: "))?;
        return Ok((name, value));
    }
    let mut text = text_of(Path::new("-"))?;
    // What `echo` puts there is not part of it.
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok((name, text))
}

fn text_of(file: &Path) -> Result<String, CliError> {
    if file != Path::new("-") {
        return Ok(fs_err::read_to_string(file)?);
    }
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}
