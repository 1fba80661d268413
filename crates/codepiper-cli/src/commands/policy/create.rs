use codepiper_api::CreatePolicyRequest;

use super::super::Context;
use super::{json_argument, report};
use crate::cli::CreatePolicy;
use crate::error::CliError;
use crate::resolve;

pub(super) async fn run(context: &Context, args: CreatePolicy) -> Result<(), CliError> {
    let rules = json_argument::rules(&args.rules)?;
    let session_id = match &args.session {
        Some(text) => Some(resolve::session(&context.client, text).await?.id),
        None => None,
    };
    let request = CreatePolicyRequest {
        id: args.id,
        name: args.name,
        description: args.description,
        enabled: args.enabled.unwrap_or(!args.disabled),
        priority: args.priority,
        session_id,
        rules,
    };
    let answer = context.client.post("/policies", &request).await?;
    let what = if request.enabled {
        "created"
    } else {
        "created, disabled"
    };
    report(context, &answer, what)
}
