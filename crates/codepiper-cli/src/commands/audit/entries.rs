use codepiper_api::EntriesResponse;
use codepiper_model::Entry;

use super::{Context, NARROW, add_entries, add_times, minute};
use crate::cli::Entries;
use crate::error::CliError;
use crate::url::Query;
use crate::{output, tool_line};

pub(super) async fn run(context: &Context, args: &Entries) -> Result<(), CliError> {
    let mut query = Query::default();
    query.add("limit", Some(args.limit));
    add_entries(&mut query, &args.which);
    add_times(&mut query, &args.times);
    query.add("before", args.before);
    let answer = context.client.get(&query.behind("/audit/entries")).await?;
    if context.json {
        return output::json(&answer);
    }
    let EntriesResponse { entries } = serde_json::from_value(answer)?;
    let Some(last) = entries.last() else {
        output::note("no entries");
        return Ok(());
    };
    if output::columns().is_some_and(|columns| columns < NARROW) {
        for entry in &entries {
            block(entry)?;
        }
    } else {
        let rows: Vec<_> = entries.iter().map(row).collect();
        output::table(["NUMBER", "TIME", "KIND", "DECISION", "WHAT"], &rows)?;
    }
    if entries.len() == usize::from(args.limit) {
        output::note(format!("there may be older ones: `--before {}`", last.seq));
    }
    Ok(())
}

fn row(entry: &Entry) -> [String; 5] {
    [
        entry.seq.to_string(),
        entry.timestamp.to_string(),
        entry.kind.clone(),
        entry.decision_id.clone().unwrap_or_default(),
        tool_line::visible(&entry.facts.to_string()),
    ]
}

fn block(entry: &Entry) -> Result<(), CliError> {
    let [seq, _, kind, decision, what] = row(entry).map(|cell| output::harmless(&cell));
    output::line(format!("{} {kind} ({seq})", minute(entry.timestamp)))?;
    if !decision.is_empty() {
        output::line(format!("  {decision}"))?;
    }
    output::line(format!("  {what}"))
}
