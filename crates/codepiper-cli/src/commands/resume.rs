use serde_json::json;

use super::{Context, launch};
use crate::cli::One;
use crate::error::CliError;
use crate::resolve;

pub(super) async fn run(context: &Context, args: &One) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let path = format!("/sessions/{}/resume", session.id);
    let answer = context.client.post(&path, &json!({})).await?;
    launch::show(context, answer)
}
