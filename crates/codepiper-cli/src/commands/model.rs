use codepiper_api::{ModelRequest, ModelResponse};

use super::Context;
use crate::cli::Model;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: Model) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let path = format!("/sessions/{}/model", session.id);
    let answer = match args.model {
        Some(model) => context.client.put(&path, &ModelRequest { model }).await?,
        None => context.client.get(&path).await?,
    };
    if context.json {
        return output::json(&answer);
    }
    let ModelResponse { model, .. } = serde_json::from_value(answer)?;
    output::line(model.as_deref().unwrap_or("the agent's own choice"))
}
