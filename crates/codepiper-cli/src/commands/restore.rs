use codepiper_api::{RestoreResponse, SessionsResponse};
use serde_json::json;

use super::Context;
use crate::cli::Restore;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: &Restore) -> Result<(), CliError> {
    if args.dry_run {
        return list(context).await;
    }
    let answer = context.client.post("/restore", &json!({})).await?;
    let RestoreResponse { restored, failed } = serde_json::from_value(answer.clone())?;
    if context.json {
        output::json(&answer)?;
    } else {
        for id in &restored {
            output::line(format!("session {id} is back"))?;
        }
        for failure in &failed {
            output::line(format!("session {}: {}", failure.session_id, failure.error))?;
        }
        if restored.is_empty() && failed.is_empty() {
            output::note("there is nothing to bring back");
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let message = format!("{} sessions are not back", failed.len());
    Err(CliError::failed("not_restored", message))
}

async fn list(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/restore").await?;
    if context.json {
        return output::json(&answer);
    }
    let SessionsResponse { sessions } = serde_json::from_value(answer)?;
    for session in sessions {
        let name = session.name.unwrap_or_default();
        output::line(format!("{} {name} {}", session.id, session.cwd.display()))?;
    }
    Ok(())
}
