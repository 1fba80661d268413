use std::path::PathBuf;

use codepiper_api::{ProviderResumeRequest, ResumeMode};

use super::{Context, launch, workspace};
use crate::cli::Start;
use crate::error::CliError;

pub(super) async fn run(context: &Context, args: Start) -> Result<(), CliError> {
    let Start {
        provider,
        dir,
        workspace,
        prompt,
        resume,
        fork,
        launch,
        args,
    } = args;
    let dir = match (dir, &workspace) {
        (None, None) => Some(PathBuf::from(".")),
        (dir, _) => dir,
    };
    let (client, dir) = (&context.client, dir.as_deref());
    let mut request = launch::request(client, provider, dir, prompt, args, launch).await?;
    if let Some(name) = &workspace {
        request.workspace_id = Some(workspace::id(client, name).await?);
    }
    request.provider_resume = resume.map(|name| ProviderResumeRequest {
        provider_session_id: name,
        mode: if fork {
            ResumeMode::Fork
        } else {
            ResumeMode::Resume
        },
    });
    let answer = context.client.post("/sessions", &request).await?;
    launch::show(context, answer)
}
