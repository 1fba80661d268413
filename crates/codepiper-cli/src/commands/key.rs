use serde::Deserialize;
use serde_json::json;

use super::Context;
use crate::cli::KeyCommand;
use crate::error::CliError;
use crate::output;

#[derive(Deserialize)]
struct Rotated {
    secrets: usize,
}

pub(super) async fn run(context: &Context, command: &KeyCommand) -> Result<(), CliError> {
    let KeyCommand::Rotate = command;
    let answer = context.client.post("/key/rotate", &json!({})).await?;
    if context.json {
        return output::json(&answer);
    }
    let Rotated { secrets } = serde_json::from_value(answer)?;
    output::line(format!(
        "there is a new key; secrets sealed with it: {secrets}"
    ))?;
    output::note("backups that were made before keep the old key");
    Ok(())
}
