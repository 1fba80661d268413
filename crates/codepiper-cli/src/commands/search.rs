use codepiper_api::SearchResponse;
use codepiper_model::{ConversationKind, Found};

use super::Context;
use crate::cli::Search;
use crate::error::CliError;
use crate::session_names::SessionNames;
use crate::url::Query;
use crate::{output, resolve, tool_line};

pub(super) async fn run(context: &Context, args: &Search) -> Result<(), CliError> {
    let mut query = Query::default();
    query.add("text", Some(args.text.join(" ")));
    if let Some(session) = &args.session {
        query.add(
            "sessionId",
            Some(resolve::session(&context.client, session).await?.id),
        );
    }
    query.add("kind", args.role.map(ConversationKind::as_str));
    query.add("since", args.since);
    query.add("before", args.before);
    query.add("limit", Some(args.limit));
    let answer = context.client.get(&query.behind("/search")).await?;
    if context.json {
        return output::json(&answer);
    }
    let SearchResponse { found, has_more } = serde_json::from_value(answer)?;
    let Some(last) = found.last() else {
        output::note("nothing was found");
        return Ok(());
    };
    let names = SessionNames::load(&context.client).await?;
    for one in &found {
        print(one, &names)?;
    }
    if has_more {
        output::note(format!(
            "there are older ones: `--before {}`",
            last.entry.id
        ));
    }
    Ok(())
}

fn print(found: &Found, names: &SessionNames) -> Result<(), CliError> {
    let entry = &found.entry;
    let tool = entry.tool.as_ref().and_then(|tool| tool.name.as_deref());
    let tool = tool.map(|name| format!(" {name}")).unwrap_or_default();
    output::line(output::harmless(&format!(
        "{} {} {}{tool}",
        entry.at,
        names.short(found.session_id),
        entry.kind.as_str()
    )))?;
    output::line(format!("  {}", tool_line::visible(&found.excerpt)))
}
