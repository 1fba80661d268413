use codepiper_api::ResizeRequest;

use super::Context;
use crate::cli::Resize;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &Resize) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let request = ResizeRequest {
        cols: args.cols,
        rows: args.rows,
    };
    let answer = context
        .client
        .post(&format!("/sessions/{}/resize", session.id), &request)
        .await?;
    if context.json {
        output::json(&answer)
    } else {
        Ok(())
    }
}
