use codepiper_api::DecisionsResponse;
use codepiper_model::Decision;

use super::{Context, NARROW, add_decisions, add_times, minute};
use crate::cli::Audit;
use crate::error::CliError;
use crate::session_names::SessionNames;
use crate::url::Query;
use crate::{output, tool_line};

pub(super) async fn run(context: &Context, args: &Audit) -> Result<(), CliError> {
    let limit = args.page.limit;
    let mut query = Query::default();
    query.add("limit", Some(limit));
    add_decisions(&mut query, &context.client, &args.which).await?;
    add_times(&mut query, &args.times);
    query.add("before", args.page.before.as_ref());
    let answer = context
        .client
        .get(&query.behind("/policy-decisions"))
        .await?;
    if context.json {
        return output::json(&answer);
    }
    let DecisionsResponse { decisions } = serde_json::from_value(answer)?;
    let Some(last) = decisions.last() else {
        output::note("no decisions");
        return Ok(());
    };
    let names = SessionNames::load(&context.client).await?;
    if output::columns().is_some_and(|columns| columns < NARROW) {
        for decision in &decisions {
            block(decision, &names)?;
        }
    } else {
        let head = [
            "TIME", "SESSION", "TOOL", "DECISION", "OUTCOME", "BY", "RULE", "WHAT",
        ];
        let rows: Vec<_> = decisions.iter().map(|one| row(one, &names)).collect();
        output::table(head, &rows)?;
    }
    if decisions.len() == usize::from(limit) {
        output::note(format!("there may be older ones: `--before {}`", last.id));
    }
    Ok(())
}

fn row(decision: &Decision, names: &SessionNames) -> [String; 8] {
    [
        decision.timestamp.to_string(),
        names.short(decision.session_id),
        tool_line::visible(&decision.tool_name),
        decision.decision.as_str().to_owned(),
        decision.outcome.as_str().to_owned(),
        decision.actor.clone(),
        rule(decision),
        tool_line::of(&decision.tool_input),
    ]
}

/// The same below one another: only what the call is about may be longer than a narrow line.
fn block(decision: &Decision, names: &SessionNames) -> Result<(), CliError> {
    let [_, session, tool, decided, outcome, by, rule, what] = row(decision, names);
    output::line(format!(
        "{} {decided}, {outcome}",
        minute(decision.timestamp)
    ))?;
    output::line(output::harmless(&format!("  {session}, by {by} {rule}")).trim_end())?;
    output::line(output::harmless(&format!("  {tool}: {what}")))
}

fn rule(decision: &Decision) -> String {
    match (&decision.policy_id, &decision.rule_id) {
        (Some(policy), Some(rule)) => format!("{policy}/{rule}"),
        _ => String::new(),
    }
}
