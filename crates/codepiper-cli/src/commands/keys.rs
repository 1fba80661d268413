use codepiper_api::KeysRequest;

use super::Context;
use crate::cli::Keys;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: Keys) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let request = KeysRequest { keys: args.keys };
    let answer = context
        .client
        .post(&format!("/sessions/{}/keys", session.id), &request)
        .await?;
    if context.json {
        output::json(&answer)
    } else {
        Ok(())
    }
}
