use codepiper_api::{DecisionsResponse, VerificationResponse};
use codepiper_model::{Decision, SessionId};

use super::Context;
use crate::cli::{Audit, AuditCommand, Decided, WhichDecisions};
use crate::error::CliError;
use crate::session_names::SessionNames;
use crate::{output, resolve, tool_line, url};

pub(super) async fn run(context: &Context, args: &Audit) -> Result<(), CliError> {
    match &args.command {
        Some(AuditCommand::Verify { head }) => verify(context, head.as_deref()).await,
        None => list(context, &args.which).await,
    }
}

async fn verify(context: &Context, head: Option<&str>) -> Result<(), CliError> {
    let query = head.map(|head| format!("?head={}", url::encode(head)));
    let path = format!("/audit/verify{}", query.unwrap_or_default());
    let answer = context.client.get(&path).await?;
    if context.json {
        output::json(&answer)?;
    }
    let report: VerificationResponse = serde_json::from_value(answer)?;
    if !context.json {
        for problem in &report.problems {
            let (chain, seq) = (&problem.chain, problem.seq);
            let decision = problem.decision_id.as_deref().unwrap_or("-");
            output::line(format!("{chain} {seq} ({decision}): {}", problem.what))?;
        }
    }
    if !report.ok {
        let message = format!(
            "{} things are not as they were written",
            report.problem_count
        );
        return Err(CliError::failed("audit_broken", message));
    }
    if !context.json {
        let (decisions, entries) = (report.decisions, report.entries);
        output::line(format!(
            "{decisions} decisions and {entries} entries after them are as they were written"
        ))?;
        for (name, head) in [
            ("decisions", &report.head.decisions),
            ("after", &report.head.after),
        ] {
            if let Some(head) = head {
                output::line(format!("  head of {name}: {}", head.hash))?;
            }
        }
    }
    Ok(())
}

async fn list(context: &Context, args: &WhichDecisions) -> Result<(), CliError> {
    let mut params = vec![format!("limit={}", args.limit)];
    if let Some(text) = &args.session {
        // What was decided outlives its session.
        let id = match text.parse::<SessionId>() {
            Ok(id) => id,
            Err(_) => resolve::session(&context.client, text).await?.id,
        };
        params.push(format!("sessionId={id}"));
    }
    let kind = args.decision.map(Decided::as_str);
    params.extend(kind.map(|kind| format!("decision={kind}")));
    let before = args.before.as_deref().map(url::encode);
    params.extend(before.map(|id| format!("before={id}")));
    let path = format!("/policy-decisions?{}", params.join("&"));
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let DecisionsResponse { decisions } = serde_json::from_value(answer)?;
    let Some(last) = decisions.last() else {
        output::note("no decisions");
        return Ok(());
    };
    let names = SessionNames::load(&context.client).await?;
    let rows: Vec<_> = decisions.iter().map(|one| row(one, &names)).collect();
    output::table(
        [
            "TIME", "SESSION", "TOOL", "DECISION", "OUTCOME", "BY", "RULE", "WHAT",
        ],
        &rows,
    )?;
    if decisions.len() == usize::from(args.limit) {
        output::note(format!("there may be older ones: `--before {}`", last.id));
    }
    Ok(())
}

fn row(decision: &Decision, names: &SessionNames) -> [String; 8] {
    let rule = match (&decision.policy_id, &decision.rule_id) {
        (Some(policy), Some(rule)) => format!("{policy}/{rule}"),
        _ => String::new(),
    };
    [
        decision.timestamp.to_string(),
        names.short(decision.session_id),
        tool_line::visible(&decision.tool_name),
        decision.decision.as_str().to_owned(),
        decision.outcome.as_str().to_owned(),
        decision.actor.clone(),
        rule,
        tool_line::of(&decision.tool_input),
    ]
}
