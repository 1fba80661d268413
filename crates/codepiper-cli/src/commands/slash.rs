use codepiper_api::{SendKind, SendRequest};

use super::Context;
use crate::cli::Slash;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &Slash) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let command = args.command.join(" ");
    let request = SendRequest {
        images: Vec::new(),
        text: format!("/{}", command.trim_start_matches('/')),
        newline: true,
        kind: SendKind::Command,
        key: None,
        steer: false,
        wait: false,
        timeout_ms: None,
    };
    let answer = context
        .client
        .post(&format!("/sessions/{}/send", session.id), &request)
        .await?;
    if context.json {
        output::json(&answer)
    } else {
        Ok(())
    }
}
