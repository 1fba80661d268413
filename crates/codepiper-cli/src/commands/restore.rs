use std::path::Path;

use codepiper_api::{RestoreResponse, SessionsResponse};
use codepiper_model::SystemClock;
use serde_json::json;

use super::{Context, backup::told};
use crate::cli::Restore;
use crate::error::CliError;
use crate::{output, place};

pub(super) async fn run(context: &Context, args: &Restore) -> Result<(), CliError> {
    if let Some(file) = &args.file {
        return backup(context, args, file);
    }
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

/// Puts a backup back, which no daemon may look on at.
fn backup(context: &Context, args: &Restore, file: &Path) -> Result<(), CliError> {
    let config = place::config(context.client.socket().to_owned())?;
    let restored =
        codepiper_engine::restore_backup(&config, &SystemClock, file, args.force, args.dry_run)?;
    if context.json {
        return output::json(&restored);
    }
    output::line(told(&restored.contents))?;
    if args.dry_run {
        output::note("nothing was changed");
        return Ok(());
    }
    if let Some(before) = &restored.before {
        output::line(format!("what was there is in `{}` now", before.display()))?;
    }
    output::note("start the daemon with `codepiper daemon --detach`");
    Ok(())
}
