use std::io::IsTerminal as _;
use std::os::unix::process::CommandExt as _;

use codepiper_api::ErrorBody;
use codepiper_model::Session;

use super::Context;
use crate::cli::One;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &One) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    execute(context, &session).await
}

/// Becomes the terminal of the session.
pub(super) async fn execute(context: &Context, session: &Session) -> Result<(), CliError> {
    let Some((program, arguments)) = session.attach.as_deref().and_then(<[String]>::split_first)
    else {
        let message = format!("session `{}` is {}", session.id, session.status.as_str());
        let body = ErrorBody::new("session_ended", message);
        return Err(CliError::Refused(body.with_hint(format!(
            "its last screen: `codepiper tail {}`",
            session.id
        ))));
    };
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let body = ErrorBody::new("no_terminal", "`attach` needs a terminal");
        return Err(CliError::Failed(body.with_hint(
            "without one use `codepiper tail` and `codepiper send`",
        )));
    }
    let settings = context.client.get("/settings/daemon").await?;
    let key = settings["settings"]["detachKey"]
        .as_str()
        .unwrap_or("ctrl+]")
        .to_owned();
    output::note(format!("leave with {key}"));
    // Our servers are not the one this terminal may be in.
    let error = std::process::Command::new(program)
        .args(arguments)
        .env_remove("TMUX")
        .env_remove("TMUX_PANE")
        .exec();
    Err(CliError::failed(
        "attach_failed",
        format!("cannot run `{program}`: {error}"),
    ))
}
