use codepiper_api::SessionResponse;

use super::{Context, launch};
use crate::cli::Start;
use crate::error::CliError;
use crate::{output, place};

pub(super) async fn run(context: &Context, args: Start) -> Result<(), CliError> {
    let Start {
        provider,
        dir,
        prompt,
        launch,
        args,
    } = args;
    let request = launch::request(provider, &dir, prompt, args, launch)?;
    let answer = context.client.post("/sessions", &request).await?;
    if context.json {
        return output::json(&answer);
    }
    let SessionResponse { session } = serde_json::from_value(answer)?;
    output::line(format!(
        "session {} {}",
        session.id,
        session.status.as_str()
    ))?;
    if !session.scrubbed_env.is_empty() {
        let names = session.scrubbed_env.join(", ");
        output::note(format!(
            "kept away from the agent (billing: subscription): {names}"
        ));
    }
    if session.dangerous_mode {
        output::note("dangerous mode: the agent runs without asking");
    }
    let (program, id) = (place::program(), session.id);
    output::note(format!(
        "  {program} attach {id}\n  {program} send {id} 'your prompt' --wait\n  {program} stop {id}"
    ));
    Ok(())
}
