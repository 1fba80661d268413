use serde_json::json;

use super::super::Context;
use crate::cli::{Action, DefaultAction};
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: &DefaultAction) -> Result<(), CliError> {
    const PATH: &str = "/settings/daemon";
    let answer = match args.action {
        None => context.client.get(PATH).await?,
        Some(action) => {
            let name = match action {
                Action::Ask => "ask",
                Action::Deny => "deny",
            };
            let change = json!({ "defaultPolicyAction": name });
            context.client.put(PATH, &change).await?
        }
    };
    if context.json {
        return output::json(&answer);
    }
    let action = &answer["settings"]["defaultPolicyAction"];
    output::line(action.as_str().unwrap_or_default())
}
