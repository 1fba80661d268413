use codepiper_api::RenameRequest;

use super::Context;
use crate::cli::Rename;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: Rename) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let request = RenameRequest { name: args.name };
    let answer = context
        .client
        .put(&format!("/sessions/{}/name", session.id), &request)
        .await?;
    if context.json {
        output::json(&answer)
    } else {
        Ok(())
    }
}
