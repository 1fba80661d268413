use std::time::Duration;

use codepiper_api::{ErrorBody, WaitResponse};
use codepiper_model::Session;
use tokio::time::Instant;

use super::Context;
use crate::cli::Wait;
use crate::error::CliError;
use crate::{output, resolve};

/// How long one request waits, in milliseconds; a longer wait is several requests.
const REQUEST_MS: u64 = 60_000;

/// What ends a wait for something else.
const INTERRUPTIONS: [&str; 3] = ["needs_permission", "needs_input", "exited"];

pub(super) async fn run(context: &Context, args: &Wait) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let wanted: Vec<&str> = args.until.iter().map(|state| state.trim()).collect();
    let mut states = wanted.clone();
    // Who waits for a permission can wait for it through questions, and the other way round.
    let asks_for_person = wanted.iter().any(|state| state.starts_with("needs_"));
    states.extend(
        INTERRUPTIONS
            .iter()
            .filter(|state| !asks_for_person || **state == "exited"),
    );
    let deadline = args
        .timeout
        .map(millis)
        .transpose()?
        .map(Duration::from_millis);
    let deadline = deadline.map(|patience| Instant::now() + patience);
    loop {
        let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
        let patience = left.map_or(REQUEST_MS, |left| {
            u64::try_from(left.as_millis())
                .unwrap_or(REQUEST_MS)
                .min(REQUEST_MS)
        });
        let path = format!(
            "/sessions/{}/wait?until={}&timeoutMs={patience}",
            session.id,
            states.join(",")
        );
        let answer = context.client.get(&path).await?;
        let waited: WaitResponse = serde_json::from_value(answer.clone())?;
        if waited.reached || !waited.session.status.is_live() {
            let state = state(&waited.session);
            if context.json {
                output::json(&answer)
            } else {
                output::line(&state)
            }?;
            return outcome(&wanted, &state);
        }
        if left.is_some_and(|left| left.is_zero()) {
            let body = ErrorBody::new("timeout", format!("still {}", state(&waited.session)));
            return Err(CliError::TimedOut(body));
        }
    }
}

/// What a session is doing, in the words that can be waited for.
fn state(session: &Session) -> String {
    if !session.status.is_live() {
        return "exited".to_owned();
    }
    session
        .activity
        .as_ref()
        .map_or("starting", |activity| activity.state.as_str())
        .to_owned()
}

fn outcome(wanted: &[&str], state: &str) -> Result<(), CliError> {
    if wanted.contains(&state) || wanted.contains(&"running") && state != "exited" {
        return Ok(());
    }
    if state == "exited" {
        return Err(CliError::Ended(ErrorBody::new(
            "session_ended",
            "the session ended",
        )));
    }
    let body = ErrorBody::new(state, "the agent waits for a person");
    Err(CliError::NeedsPerson(body.with_hint(
        "`codepiper approvals` lists what can be approved; the rest is answered in `codepiper attach` or with `codepiper keys`",
    )))
}

/// Seconds on the command line as whole milliseconds, at most an hour.
pub(super) fn millis(seconds: f64) -> Result<u64, CliError> {
    let wrong = || CliError::usage("`--timeout` takes seconds, 0 to 3600");
    let duration = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
    let millis = u64::try_from(duration.as_millis()).map_err(|_| wrong())?;
    if millis > 3_600_000 {
        Err(wrong())
    } else {
        Ok(millis)
    }
}
