use codepiper_api::VerificationResponse;

use super::Context;
use crate::error::CliError;
use crate::output;
use crate::url::Query;

pub(super) async fn run(context: &Context, head: Option<&str>) -> Result<(), CliError> {
    let mut query = Query::default();
    query.add("head", head);
    let answer = context.client.get(&query.behind("/audit/verify")).await?;
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
    if !context.json {
        for warning in &report.warnings {
            output::note(format!(
                "{warning}: a cut end shows only with `--head`, a hash noted elsewhere"
            ));
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
