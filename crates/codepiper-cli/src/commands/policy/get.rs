use super::super::Context;
use super::{PolicyResponse, path_of, status};
use crate::cli::OnePolicy;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: &OnePolicy) -> Result<(), CliError> {
    let answer = context.client.get(&path_of(&args.id)).await?;
    if context.json {
        return output::json(&answer);
    }
    let PolicyResponse { policy } = serde_json::from_value(answer)?;
    let scope = match policy.session_id {
        Some(id) => format!("session {id}"),
        None => "global".to_owned(),
    };
    let details = [
        ("id", policy.id),
        ("name", policy.name),
        ("description", policy.description.unwrap_or_default()),
        ("status", status(policy.enabled).to_owned()),
        ("priority", policy.priority.to_string()),
        ("scope", scope),
        ("created", policy.created_at),
        ("updated", policy.updated_at),
    ];
    for (name, text) in details.iter().filter(|(_, text)| !text.is_empty()) {
        output::line(format!("{name:<12} {}", output::harmless(text)))?;
    }
    output::line("rules")?;
    output::line(serde_json::to_string_pretty(&policy.rules)?)
}
