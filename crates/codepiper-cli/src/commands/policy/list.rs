use serde::Deserialize;

use super::super::Context;
use super::{Policy, status};
use crate::cli::ListPolicies;
use crate::error::CliError;
use crate::{output, resolve};

#[derive(Deserialize)]
struct PoliciesResponse {
    policies: Vec<Policy>,
}

pub(super) async fn run(context: &Context, args: &ListPolicies) -> Result<(), CliError> {
    let mut params = Vec::new();
    if let Some(text) = &args.session {
        let session = resolve::session(&context.client, text).await?;
        params.push(format!("sessionId={}", session.id));
    }
    params.extend(args.enabled.map(|enabled| format!("enabled={enabled}")));
    let path = format!("/policies?{}", params.join("&"));
    let answer = context.client.get(path.trim_end_matches('?')).await?;
    if context.json {
        return output::json(&answer);
    }
    let PoliciesResponse { policies } = serde_json::from_value(answer)?;
    if policies.is_empty() {
        output::note("no policies; `codepiper policy create --help` shows how to make one");
        return Ok(());
    }
    let rows: Vec<_> = policies.iter().map(row).collect();
    output::table(
        ["ID", "NAME", "PRIORITY", "STATUS", "SCOPE", "RULES"],
        &rows,
    )
}

fn row(policy: &Policy) -> [String; 6] {
    let scope = match policy.session_id {
        Some(id) => id.to_string()[..8].to_owned(),
        None => "global".to_owned(),
    };
    [
        policy.id.clone(),
        policy.name.clone(),
        policy.priority.to_string(),
        match policy.broken {
            Some(_) => "broken".to_owned(),
            None => status(policy.enabled).to_owned(),
        },
        scope,
        policy.rules.len().to_string(),
    ]
}
