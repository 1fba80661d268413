use codepiper_api::ForkRequest;

use super::{Context, launch};
use crate::cli::Fork;
use crate::error::CliError;
use crate::resolve;

pub(super) async fn run(context: &Context, args: Fork) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let request = ForkRequest {
        name: args.name,
        prompt: args.prompt,
    };
    let path = format!("/sessions/{}/fork", session.id);
    let answer = context.client.post(&path, &request).await?;
    launch::show(context, answer)
}
