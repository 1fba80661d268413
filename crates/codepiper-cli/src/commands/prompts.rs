use codepiper_api::{EditPromptRequest, ErrorBody, PromptsResponse};
use codepiper_model::{SentPrompt, Session};
use serde_json::Value;

use super::Context;
use crate::cli::{Prompts, PromptsCommand};
use crate::error::CliError;
use crate::{output, resolve, tool_line};

pub(super) async fn run(context: &Context, args: Prompts) -> Result<(), CliError> {
    match (args.command, args.session) {
        (Some(PromptsCommand::Edit(args)), _) => {
            let session = resolve::session(&context.client, &args.session).await?;
            let prompt = find(context, &session, &args.prompt).await?;
            let path = format!("/sessions/{}/prompts/{}", session.id, prompt.id);
            let text = args.text;
            let answer = context
                .client
                .put(&path, &EditPromptRequest { text })
                .await?;
            show(context, &answer)
        }
        (Some(PromptsCommand::Cancel(args)), _) => {
            let session = resolve::session(&context.client, &args.session).await?;
            let prompts = match &args.prompt {
                Some(prompt) => vec![find(context, &session, prompt).await?],
                None => waiting(context, &session).await?,
            };
            for prompt in prompts {
                let path = format!("/sessions/{}/prompts/{}", session.id, prompt.id);
                show(context, &context.client.delete(&path).await?)?;
            }
            Ok(())
        }
        (None, session) => list(context, &session.unwrap_or_default(), args.latest).await,
    }
}

async fn list(context: &Context, session: &str, latest: Option<u16>) -> Result<(), CliError> {
    let session = resolve::session(&context.client, session).await?;
    let query = latest.map(|latest| format!("?latest={latest}"));
    let path = format!(
        "/sessions/{}/prompts{}",
        session.id,
        query.unwrap_or_default()
    );
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let PromptsResponse { prompts } = serde_json::from_value(answer)?;
    if prompts.is_empty() {
        output::note("nothing waits");
        return Ok(());
    }
    let rows: Vec<_> = prompts.iter().map(row).collect();
    output::table(["ID", "SENT", "STATUS", "WHY", "TEXT"], &rows)
}

fn row(prompt: &SentPrompt) -> [String; 5] {
    let status = serde_json::to_value(prompt.status).unwrap_or_default();
    [
        prompt.id.chars().take(8).collect(),
        prompt.created_at.to_string(),
        status.as_str().unwrap_or_default().to_owned(),
        prompt.reason.clone().unwrap_or_default(),
        tool_line::visible(&prompt.text).chars().take(60).collect(),
    ]
}

async fn waiting(context: &Context, session: &Session) -> Result<Vec<SentPrompt>, CliError> {
    let answer = context
        .client
        .get(&format!("/sessions/{}/prompts", session.id))
        .await?;
    let PromptsResponse { mut prompts } = serde_json::from_value(answer)?;
    prompts.retain(SentPrompt::is_waiting);
    Ok(prompts)
}

/// The prompt whose id begins like this.
async fn find(context: &Context, session: &Session, id: &str) -> Result<SentPrompt, CliError> {
    let path = format!("/sessions/{}/prompts?latest=1000", session.id);
    let PromptsResponse { prompts } = serde_json::from_value(context.client.get(&path).await?)?;
    let mut found = prompts
        .into_iter()
        .filter(|prompt| !id.is_empty() && prompt.id.starts_with(id));
    match (found.next(), found.next()) {
        (Some(prompt), None) => Ok(prompt),
        (None, _) => {
            let message = format!("no prompt of this session begins with `{id}`");
            Err(CliError::NotFound(ErrorBody::new(
                "prompt_not_found",
                message,
            )))
        }
        (Some(_), Some(_)) => {
            let message = format!("the ids of several prompts begin with `{id}`");
            Err(CliError::NotFound(ErrorBody::new("ambiguous", message)))
        }
    }
}

fn show(context: &Context, answer: &Value) -> Result<(), CliError> {
    if context.json {
        return output::json(answer);
    }
    Ok(())
}
