use codepiper_api::ProblemsResponse;
use codepiper_model::TranscriptProblem;

use super::Context;
use crate::cli::{Problems, TranscriptsCommand};
use crate::error::CliError;
use crate::session_names::SessionNames;
use crate::url::Query;
use crate::{output, resolve, tool_line};

/// How much of the beginning of a line is shown.
const SHOWN: usize = 60;

pub(super) async fn run(context: &Context, command: &TranscriptsCommand) -> Result<(), CliError> {
    let TranscriptsCommand::Problems(args) = command;
    problems(context, args).await
}

async fn problems(context: &Context, args: &Problems) -> Result<(), CliError> {
    let mut query = Query::default();
    if let Some(session) = &args.session {
        query.add(
            "sessionId",
            Some(resolve::session(&context.client, session).await?.id),
        );
    }
    query.add("limit", Some(args.limit));
    let path = query.behind("/transcripts/problems");
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let ProblemsResponse { problems, count } = serde_json::from_value(answer)?;
    if problems.is_empty() {
        output::note("every line could be read");
        return Ok(());
    }
    let names = SessionNames::load(&context.client).await?;
    let rows: Vec<_> = problems.iter().map(|one| row(one, &names)).collect();
    let head = [
        "SEEN", "SESSION", "OFFSET", "BYTES", "WHY", "BEGINS", "FILE",
    ];
    output::table(head, &rows)?;
    if problems.len() as u64 != count {
        output::note(format!("the newest {} of {count}", problems.len()));
    }
    Ok(())
}

fn row(problem: &TranscriptProblem, names: &SessionNames) -> [String; 7] {
    let begins: String = problem.begins.chars().take(SHOWN).collect();
    [
        problem.seen_at.to_string(),
        names.short(problem.session_id),
        problem.offset.to_string(),
        problem.bytes.to_string(),
        problem.reason.clone(),
        tool_line::visible(&begins),
        problem.path.clone(),
    ]
}
