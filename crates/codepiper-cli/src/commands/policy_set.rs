use codepiper_api::{
    AddPolicyRequest, CreatePolicySetRequest, ErrorBody, GivePolicySetRequest, ReadySetResponse,
    ReadySetsResponse, UpdatePolicySetRequest,
};
use serde::Deserialize;
use serde_json::Value;

use super::Context;
use crate::cli::{Gift, Member, PolicySetCommand};
use crate::error::CliError;
use crate::{output, resolve, url};

/// A set, as the daemon shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Set {
    id: String,
    name: String,
    description: Option<String>,
    is_default: bool,
    policy_count: usize,
    session_count: usize,
    #[serde(default)]
    policies: Vec<Listed>,
}

/// A policy in a set.
#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
}

pub(super) async fn run(context: &Context, command: PolicySetCommand) -> Result<(), CliError> {
    let client = &context.client;
    let (answer, said) = match command {
        PolicySetCommand::List { session } => return list(context, session.as_deref()).await,
        PolicySetCommand::Get(one) => return show(context, &one.id).await,
        PolicySetCommand::Ready {
            name,
            apply,
            dry_run,
        } => return ready(context, name.as_deref(), apply, dry_run).await,
        PolicySetCommand::Create {
            id,
            name,
            description,
            default,
            policies,
        } => {
            let request = CreatePolicySetRequest {
                id,
                name,
                description,
                is_default: default,
                policy_ids: policies,
            };
            let answer = client.post("/policy-sets", &request).await?;
            let id = answer["policySet"]["id"].as_str().unwrap_or_default();
            let said = format!("policy set {id} created");
            (answer, said)
        }
        PolicySetCommand::Update {
            id,
            name,
            description,
            default,
        } => {
            let request = UpdatePolicySetRequest {
                name,
                description,
                is_default: default,
            };
            let answer = client.put(&path_of(&id), &request).await?;
            (answer, format!("policy set {id} updated"))
        }
        PolicySetCommand::Delete(one) => (
            client.delete(&path_of(&one.id)).await?,
            format!("policy set {} removed", one.id),
        ),
        PolicySetCommand::AddPolicy(Member { set, policy }) => {
            let path = format!("{}/policies", path_of(&set));
            let request = AddPolicyRequest {
                policy_id: policy.clone(),
            };
            let said = format!("policy {policy} counts where set {set} is given");
            (client.post(&path, &request).await?, said)
        }
        PolicySetCommand::RemovePolicy(Member { set, policy }) => {
            let path = format!("{}/policies/{}", path_of(&set), url::encode(&policy));
            let said = format!("policy {policy} is in set {set} no more");
            (client.delete(&path).await?, said)
        }
        PolicySetCommand::Apply(Gift { set, session }) => {
            let id = resolve::session(client, &session).await?.id;
            let request = GivePolicySetRequest {
                policy_set_id: set.clone(),
            };
            let path = format!("/sessions/{id}/policy-sets");
            let said = format!("session {session} has set {set}");
            (client.post(&path, &request).await?, said)
        }
        PolicySetCommand::Remove(Gift { set, session }) => {
            let id = resolve::session(client, &session).await?.id;
            let path = format!("/sessions/{id}/policy-sets/{}", url::encode(&set));
            let said = format!("session {session} has set {set} no more");
            (client.delete(&path).await?, said)
        }
    };
    if context.json {
        return output::json(&answer);
    }
    output::line(output::harmless(&said))
}

async fn ready(
    context: &Context,
    name: Option<&str>,
    apply: bool,
    dry_run: bool,
) -> Result<(), CliError> {
    let answer = context.client.get("/policy-sets/ready").await?;
    let Some(name) = name else {
        if context.json {
            return output::json(&answer);
        }
        let sets = ReadySetsResponse::deserialize(&answer)?.ready_sets;
        let row = |set: ReadySetResponse| [set.id, set.description.unwrap_or_default()];
        let rows: Vec<_> = sets.into_iter().map(row).collect();
        return output::table(["ID", "DESCRIPTION"], &rows);
    };
    let sets = ReadySetsResponse::deserialize(&answer)?.ready_sets;
    let known: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
    let known = format!("there are `{}`", known.join("`, `"));
    let Some(set) = sets.into_iter().find(|set| set.id == name) else {
        let message = format!("there is no ready set `{}`", output::harmless(name));
        let body = ErrorBody::new("policy_set_not_found", message);
        return Err(CliError::NotFound(body.with_hint(known)));
    };
    if !apply {
        if context.json {
            return output::json(&set);
        }
        return output::raw(set.text.as_bytes());
    }
    super::policy::apply(context, set.text, dry_run).await?;
    if !context.json && !dry_run {
        output::note(format!(
            "it counts where it is given: `codepiper policy-set apply {name} SESSION`, or \
             `codepiper policy-set update {name} --default` for every new session"
        ));
    }
    Ok(())
}

async fn list(context: &Context, session: Option<&str>) -> Result<(), CliError> {
    let path = match session {
        Some(text) => {
            let id = resolve::session(&context.client, text).await?.id;
            format!("/sessions/{id}/policy-sets")
        }
        None => "/policy-sets".to_owned(),
    };
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let sets = Vec::<Set>::deserialize(&answer["policySets"])?;
    if sets.is_empty() {
        output::note("no policy sets");
        return Ok(());
    }
    let row = |set: &Set| {
        [
            set.id.clone(),
            set.name.clone(),
            if set.is_default { "yes" } else { "" }.to_owned(),
            set.policy_count.to_string(),
            set.session_count.to_string(),
        ]
    };
    let rows: Vec<_> = sets.iter().map(row).collect();
    output::table(["ID", "NAME", "DEFAULT", "POLICIES", "SESSIONS"], &rows)
}

async fn show(context: &Context, id: &str) -> Result<(), CliError> {
    let answer: Value = context.client.get(&path_of(id)).await?;
    if context.json {
        return output::json(&answer);
    }
    let set = Set::deserialize(&answer["policySet"])?;
    let default = if set.is_default {
        ", given to every new session"
    } else {
        ""
    };
    let (id, name) = (&set.id, output::harmless(&set.name));
    output::line(format!("{id} ({name}){default}"))?;
    if let Some(description) = &set.description {
        output::line(format!("  {}", output::harmless(description)))?;
    }
    for policy in &set.policies {
        let name = output::harmless(&policy.name);
        output::line(format!("  policy {} ({name})", policy.id))?;
    }
    Ok(())
}

fn path_of(id: &str) -> String {
    format!("/policy-sets/{}", url::encode(id))
}
