use codepiper_api::TestPoliciesRequest;
use serde::Deserialize;

use super::super::Context;
use super::file_argument;
use crate::cli::TestPolicies;
use crate::error::CliError;
use crate::{output, resolve, tool_line};

/// The answer, as far as people are told.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Replayed {
    calls: usize,
    would: Counts,
    no_rule: usize,
    uncertain: usize,
    changed: Changed,
    groups: Vec<Group>,
    differences: Vec<Difference>,
    truncated: bool,
}

#[derive(Deserialize)]
struct Counts {
    allow: usize,
    ask: usize,
    deny: usize,
}

#[derive(Deserialize)]
struct Changed {
    count: usize,
}

#[derive(Deserialize)]
struct Group {
    what: String,
    count: usize,
    #[serde(flatten)]
    change: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    at: String,
    tool_name: String,
    summary: String,
    #[serde(flatten)]
    change: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    was: String,
    was_by: String,
    would: String,
    rule: Option<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    policy_id: String,
    rule_id: String,
}

pub(super) async fn run(context: &Context, args: TestPolicies) -> Result<(), CliError> {
    let text = file_argument::text(&args.file)?;
    let session_id = match &args.session {
        Some(text) => Some(resolve::session(&context.client, text).await?.id),
        None => None,
    };
    let request = TestPoliciesRequest {
        text,
        since: args.since,
        until: args.until,
        session_id,
        with_current: args.with_current,
    };
    let answer = context.client.post("/policies/test", &request).await?;
    if context.json {
        return output::json(&answer);
    }
    print(&serde_json::from_value(answer)?, args.all)
}

fn print(replayed: &Replayed, all: bool) -> Result<(), CliError> {
    let Counts { allow, ask, deny } = replayed.would;
    for (name, count, remark) in [
        ("calls", replayed.calls, ""),
        ("allow", allow, ""),
        ("ask", ask, ""),
        ("deny", deny, ""),
        (
            "no rule",
            replayed.no_rule,
            "the default, which counts where the agent would ask",
        ),
        (
            "uncertain",
            replayed.uncertain,
            "recorded shortened or without secrets, so the rules may say something else of them",
        ),
        ("changed", replayed.changed.count, ""),
    ] {
        let remark = if count > 0 { remark } else { "" };
        output::line(format!("{name:<10} {count:>6}  {remark}").trim_end())?;
    }
    if replayed.groups.is_empty() {
        return Ok(());
    }
    output::line("")?;
    if all {
        let rows: Vec<_> = replayed.differences.iter().map(difference).collect();
        output::table(["AT", "WAS", "WOULD", "TOOL", "CALL"], &rows)?;
        if replayed.truncated {
            output::note("there are more; narrow it with `--since`, `--until` or `--session`");
        }
        return Ok(());
    }
    let rows: Vec<_> = replayed.groups.iter().map(group).collect();
    output::table(["COUNT", "WHAT", "WAS", "WOULD"], &rows)
}

fn group(group: &Group) -> [String; 4] {
    let [was, would] = change(&group.change);
    let what = tool_line::visible(&group.what);
    [group.count.to_string(), what, was, would]
}

fn difference(difference: &Difference) -> [String; 5] {
    let [was, would] = change(&difference.change);
    [
        difference.at.clone(),
        was,
        would,
        tool_line::visible(&difference.tool_name),
        tool_line::visible(&difference.summary),
    ]
}

/// What was decided and what would be, each with what decides.
fn change(change: &Change) -> [String; 2] {
    let rule = change.rule.as_ref();
    let by = rule.map_or_else(
        || "default".to_owned(),
        |rule| format!("{}/{}", rule.policy_id, rule.rule_id),
    );
    [
        format!("{} ({})", change.was, change.was_by),
        format!("{} ({by})", change.would),
    ]
}
