use codepiper_api::Success;
use serde_json::json;

use super::Context;
use crate::cli::One;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &One) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    context
        .client
        .post(&format!("/sessions/{}/interrupt", session.id), &json!({}))
        .await?;
    if context.json {
        output::json(&Success { success: true })
    } else {
        Ok(())
    }
}
