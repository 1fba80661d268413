use codepiper_api::UpdatePolicyRequest;

use super::super::Context;
use super::{json_argument, path_of, report};
use crate::cli::UpdatePolicy;
use crate::error::CliError;

pub(super) async fn run(context: &Context, args: UpdatePolicy) -> Result<(), CliError> {
    let rules = args
        .rules
        .as_deref()
        .map(json_argument::rules)
        .transpose()?;
    let request = UpdatePolicyRequest {
        name: args.name,
        description: args.description,
        enabled: args.enabled,
        priority: args.priority,
        rules,
    };
    let answer = context.client.put(&path_of(&args.id), &request).await?;
    report(context, &answer, "updated")
}
