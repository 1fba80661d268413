use codepiper_api::OutputResponse;

use super::Context;
use crate::cli::Tail;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &Tail) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let path = format!("/sessions/{}/output", session.id);
    if args.follow {
        let mut stream = context.client.stream(&format!("{path}/stream")).await?;
        while let Some(piece) = stream.next().await {
            output::raw(&piece?)?;
        }
        return Ok(());
    }
    let answer = context
        .client
        .get(&format!("{path}?lines={}", args.lines))
        .await?;
    if context.json {
        return output::json(&answer);
    }
    let shown: OutputResponse = serde_json::from_value(answer)?;
    output::text(&shown.output)
}
