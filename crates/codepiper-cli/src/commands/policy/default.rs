use codepiper_api::{DefaultActionRequest, SessionResponse};
use codepiper_model::Verdict;
use serde_json::{Value, json};

use super::super::Context;
use crate::cli::{Action, DefaultAction};
use crate::error::CliError;
use crate::{output, resolve};

const SETTINGS: &str = "/settings/daemon";

pub(super) async fn run(context: &Context, args: &DefaultAction) -> Result<(), CliError> {
    let action = args.action.map(Action::verdict);
    if let Some(name) = &args.session {
        return of_session(context, name, action, args.inherit).await;
    }
    let client = &context.client;
    let answer = match action.map(Verdict::as_str) {
        Some(name) => {
            let change = json!({ "defaultPolicyAction": name });
            client.put(SETTINGS, &change).await?
        }
        None => client.get(SETTINGS).await?,
    };
    if context.json {
        return output::json(&answer);
    }
    output::line(for_all(&answer))
}

async fn of_session(
    context: &Context,
    name: &str,
    action: Option<Verdict>,
    inherit: bool,
) -> Result<(), CliError> {
    let client = &context.client;
    let path = format!("/sessions/{}", resolve::session(client, name).await?.id);
    let answer = if action.is_some() || inherit {
        let path = format!("{path}/default-policy-action");
        client.put(&path, &DefaultActionRequest { action }).await?
    } else {
        client.get(&path).await?
    };
    if context.json {
        return output::json(&answer);
    }
    let SessionResponse { session } = serde_json::from_value(answer)?;
    if let Some(action) = session.default_policy_action {
        return output::line(action.as_str());
    }
    let settings = client.get(SETTINGS).await?;
    output::line(format!("{} (counts for all)", for_all(&settings)))
}

fn for_all(answer: &Value) -> &str {
    let action = &answer["settings"]["defaultPolicyAction"];
    action.as_str().unwrap_or_default()
}
