use codepiper_api::{ProviderResumeRequest, ResumeMode};

use super::{Context, launch};
use crate::cli::Start;
use crate::error::CliError;

pub(super) async fn run(context: &Context, args: Start) -> Result<(), CliError> {
    let Start {
        provider,
        dir,
        prompt,
        resume,
        fork,
        launch,
        args,
    } = args;
    let mut request =
        launch::request(&context.client, provider, &dir, prompt, args, launch).await?;
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
