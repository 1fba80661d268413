use codepiper_api::{DeleteResponse, DeletedSession};
use codepiper_model::{ExitReason, Session};
use serde_json::json;

use super::Context;
use crate::cli::Delete;
use crate::confirm::confirm;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &Delete) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let path = format!("/sessions/{}", session.id);
    let must_stop = args.stop && session.status.is_live();
    // One that lives without being stopped is refused whatever the answer would be.
    if has_something_to_lose(&session) && session.status.is_live() == must_stop {
        confirm(&question(&session, must_stop), args.yes)?;
    }
    if must_stop {
        let stop = format!("{path}/stop");
        context.client.post(&stop, &json!({})).await?;
    }
    let answer = context.client.delete(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let DeleteResponse { deleted, .. } = serde_json::from_value(answer)?;
    output::line(format!(
        "session {} is deleted, with its {} events and its conversation; the audit keeps its \
         decisions, the analytics what it used",
        deleted.id, deleted.events
    ))?;
    still_there(&deleted).map_or(Ok(()), output::line)
}

/// Whether its agent ever ran.
fn has_something_to_lose(session: &Session) -> bool {
    let exit = session.exit.as_ref();
    exit.is_none_or(|exit| exit.reason != ExitReason::LaunchFailed)
}

fn question(session: &Session, must_stop: bool) -> String {
    let name = session.name.as_deref().unwrap_or_default();
    let what = output::harmless(&format!(
        "{} {name} ({} in {})",
        &session.id.to_string()[..8],
        session.provider,
        session.cwd.display()
    ));
    let stop = if must_stop {
        "Stop and delete"
    } else {
        "Delete"
    };
    format!("{stop} session {what} with its events and its conversation?")
}

/// What of the agent's own is left, and how to go on with it.
fn still_there(deleted: &DeletedSession) -> Option<String> {
    let transcript = deleted
        .transcript_path
        .as_ref()
        .filter(|path| path.exists())?;
    let conversation = deleted.provider_session_id.as_ref()?;
    Some(output::harmless(&format!(
        "the agent's own record of the conversation stays: {}; `codepiper start -p {} -d {} --resume {}` \
         goes on with it",
        transcript.display(),
        deleted.provider,
        deleted.cwd.display(),
        conversation
    )))
}
