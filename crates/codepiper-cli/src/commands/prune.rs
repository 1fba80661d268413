use std::time::Instant;

use codepiper_api::{DeletedSession, PruneRequest, PruneResponse};
use serde_json::Value;

use super::Context;
use crate::cli::Prune;
use crate::confirm::confirm;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context, args: &Prune) -> Result<(), CliError> {
    let mut older_than_ms = args.older_than.unwrap_or(0);
    if args.dry_run || !args.yes {
        let looked = Instant::now();
        let (answer, found) = call(context, older_than_ms, true).await?;
        if args.dry_run && context.json {
            return output::json(&answer);
        }
        if found.sessions.is_empty() && !context.json {
            output::note("there is nothing to remove");
            return Ok(());
        }
        if !found.sessions.is_empty() {
            if !context.json {
                table(&found.sessions)?;
            }
            if args.dry_run {
                return Ok(());
            }
            let question = format!(
                "Delete {} with their events and conversations?",
                sessions(found.sessions.len())
            );
            confirm(&question, args.yes)?;
        }
        // What has ended, or become old enough, while the person read the list is not on it.
        let waited = u64::try_from(looked.elapsed().as_millis()).unwrap_or(u64::MAX);
        older_than_ms = older_than_ms.saturating_add(waited);
    }
    let (answer, done) = call(context, older_than_ms, false).await?;
    if context.json {
        output::json(&answer)?;
    } else {
        let count = sessions(done.sessions.len());
        output::line(format!(
            "{count} deleted; the audit keeps their decisions, the analytics what they used, and what \
             agents wrote themselves stays"
        ))?;
        for failure in &done.failed {
            output::line(format!("session {}: {}", failure.session_id, failure.error))?;
        }
    }
    if done.failed.is_empty() {
        return Ok(());
    }
    let message = format!("{} could not be deleted", sessions(done.failed.len()));
    Err(CliError::failed("not_pruned", message))
}

async fn call(
    context: &Context,
    older_than_ms: u64,
    dry_run: bool,
) -> Result<(Value, PruneResponse), CliError> {
    let request = PruneRequest {
        older_than_ms,
        dry_run,
    };
    let answer = context.client.post("/sessions/prune", &request).await?;
    let response = serde_json::from_value(answer.clone())?;
    Ok((answer, response))
}

fn table(sessions: &[DeletedSession]) -> Result<(), CliError> {
    let row = |session: &DeletedSession| {
        [
            session.id.to_string()[..8].to_owned(),
            session.name.clone().unwrap_or_default(),
            session.provider.to_string(),
            session.ended_at.to_string(),
            session.events.to_string(),
            session.cwd.display().to_string(),
        ]
    };
    let rows: Vec<_> = sessions.iter().map(row).collect();
    let head = ["ID", "NAME", "PROVIDER", "ENDED", "EVENTS", "DIRECTORY"];
    output::table(head, &rows)
}

fn sessions(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} session{plural}")
}
