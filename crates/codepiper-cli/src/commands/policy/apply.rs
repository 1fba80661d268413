use codepiper_api::{AppliedChanges, ApplyPoliciesRequest, ApplyPoliciesResponse};
use serde::Deserialize as _;

use super::super::Context;
use super::file_argument;
use crate::cli::ApplyPolicies;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: &ApplyPolicies) -> Result<(), CliError> {
    apply(context, file_argument::text(&args.file)?, args.dry_run).await
}

/// Applies a file and says what became of each of its policies and sets.
pub(in crate::commands) async fn apply(
    context: &Context,
    text: String,
    dry_run: bool,
) -> Result<(), CliError> {
    let request = ApplyPoliciesRequest { text, dry_run };
    let answer = context.client.post("/policies/apply", &request).await?;
    if context.json {
        return output::json(&answer);
    }
    let applied = ApplyPoliciesResponse::deserialize(&answer)?;
    say("policy", &applied.policies, dry_run)?;
    say("policy set", &applied.sets, dry_run)
}

fn say(what: &str, changes: &AppliedChanges, dry_run: bool) -> Result<(), CliError> {
    let would = if dry_run { "would be " } else { "" };
    let named = [
        (&changes.created, format!("{would}created")),
        (&changes.updated, format!("{would}updated")),
        (&changes.unchanged, "unchanged".to_owned()),
    ];
    for (ids, became) in named {
        for id in ids {
            output::line(format!("{what} {} {became}", output::harmless(id)))?;
        }
    }
    Ok(())
}
