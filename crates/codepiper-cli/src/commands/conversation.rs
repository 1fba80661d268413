use std::io::Write as _;

use codepiper_api::ConversationResponse;
use codepiper_model::{ConversationEntry, ConversationKind, ConversationTool, SessionId};

use super::Context;
use crate::cli::Conversation;
use crate::error::CliError;
use crate::url::Query;
use crate::usage_line;
use crate::{output, resolve, tool_line};

/// How many lines of a tool's result are shown.
const RESULT_LINES: usize = 5;

/// How much of a line of it.
const LINE: usize = 200;

pub(super) async fn run(context: &Context, args: &Conversation) -> Result<(), CliError> {
    if args.markdown && context.json {
        let message = "`--markdown` and `--json` are two forms; give one of them";
        return Err(CliError::usage(message));
    }
    let session = resolve::session(&context.client, &args.session).await?;
    if args.markdown {
        return markdown(context, session.id).await;
    }
    let mut query = Query::default();
    query.add("limit", Some(args.limit));
    query.add("before", args.before.as_ref());
    let path = query.behind(&format!("/sessions/{}/conversation", session.id));
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let part: ConversationResponse = serde_json::from_value(answer)?;
    if part.entries.is_empty() {
        output::note("nothing was said yet");
        return Ok(());
    }
    if let (true, Some(first)) = (part.has_more, &part.first) {
        output::note(format!("there is more before this: `--before {first}`"));
    }
    part.entries.iter().try_for_each(print)
}

async fn markdown(context: &Context, id: SessionId) -> Result<(), CliError> {
    let path = format!("/sessions/{id}/conversation/markdown");
    let mut stream = context.client.stream(&path).await?;
    let mut out = output::document();
    while let Some(piece) = stream.next().await {
        out.write_all(&piece?)?;
    }
    Ok(out.flush()?)
}

fn print(entry: &ConversationEntry) -> Result<(), CliError> {
    // What a sub-agent says stands below what it was given to do.
    let indent = if entry.agent_id.is_some() { "    " } else { "" };
    let mut parts = vec![what(entry)];
    parts.extend(entry.agent_id.as_ref().map(|id| format!("sub-agent {id}")));
    parts.extend(entry.model.clone());
    parts.extend(entry.usage.as_ref().map(usage_line::of));
    let head = format!("{} {}", entry.at, parts.join(" · "));
    output::line(format!("{indent}{}", tool_line::visible(&head)))?;
    let lines = match &entry.tool {
        Some(tool) => result(tool),
        None if entry.kind == ConversationKind::Other => beginning(&entry.text),
        None => entry.text.lines().map(plain).collect(),
    };
    for line in lines {
        output::line(format!("{indent}  {line}").trim_end())?;
    }
    Ok(())
}

fn what(entry: &ConversationEntry) -> String {
    let Some(tool) = &entry.tool else {
        return match entry.kind {
            ConversationKind::Compaction => "summary of all before".to_owned(),
            kind => kind.as_str().to_owned(),
        };
    };
    let name = tool.name.as_deref().unwrap_or("unknown tool");
    let how = match (&tool.result, tool.is_error) {
        (None, _) => "no result yet".to_owned(),
        (Some(_), true) => "failed".to_owned(),
        (Some(_), false) => "done".to_owned(),
    };
    let took = tool
        .duration_ms
        .map(|ms| format!(" in {}", usage_line::duration(ms)));
    format!("{name}: {} · {how}{}", entry.text, took.unwrap_or_default())
}

fn result(tool: &ConversationTool) -> Vec<String> {
    tool.result.as_deref().map(beginning).unwrap_or_default()
}

/// The first lines, each as far as it fits, and how many there are more.
fn beginning(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().take(RESULT_LINES).map(cut).collect();
    let more = text.lines().count() - lines.len();
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

fn cut(line: &str) -> String {
    let shown: String = line.chars().take(LINE).collect();
    let end = if shown.len() < line.len() { "…" } else { "" };
    plain(&shown) + end
}

fn plain(line: &str) -> String {
    tool_line::visible(&line.replace('\t', "    "))
}
