mod watch;

use codepiper_api::ApprovalsResponse;
use codepiper_model::{Answer, Approval, Clock as _, ClosedReason, SystemClock, Timestamp};

use super::Context;
use crate::cli::Approvals;
use crate::error::CliError;
use crate::session_names::SessionNames;
use crate::{output, resolve, tool_line};

pub(super) async fn run(context: &Context, args: &Approvals) -> Result<(), CliError> {
    let session = match &args.session {
        Some(text) => Some(resolve::session(&context.client, text).await?.id),
        None => None,
    };
    if args.watch {
        return watch::run(context, session, args.limit).await;
    }
    let mut path = format!("/approvals?limit={}", args.limit);
    if !args.all {
        path.push_str("&status=pending");
    }
    path.extend(session.map(|id| format!("&sessionId={id}")));
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let ApprovalsResponse { approvals } = serde_json::from_value(answer)?;
    if approvals.is_empty() {
        let all = if args.all {
            ""
        } else {
            "; `--all` shows the answered ones too"
        };
        output::note(format!("no approvals{all}"));
        return Ok(());
    }
    let names = SessionNames::load(&context.client).await?;
    if args.all {
        let head = ["ID", "SESSION", "TIME", "TOOL", "STATUS", "ANSWER", "WHAT"];
        let rows: Vec<_> = approvals.iter().map(|one| told(one, &names)).collect();
        return output::table(head, &rows);
    }
    let head = ["ID", "SESSION", "AGE", "TOOL", "DIRECTORY", "WHAT"];
    let now = SystemClock.now();
    let rows: Vec<_> = approvals
        .iter()
        .map(|one| waiting(one, &names, now))
        .collect();
    output::table(head, &rows)
}

/// What a person has to know to answer. What it is about comes last and whole: an end that is not
/// shown would be agreed to unread.
fn waiting(approval: &Approval, names: &SessionNames, now: Timestamp) -> [String; 6] {
    [
        short(approval),
        names.short(approval.session_id),
        age(now.millis_since(approval.created_at)),
        tool(approval),
        tool_line::visible(&approval.cwd.to_string_lossy()),
        tool_line::of(&approval.tool_input),
    ]
}

fn told(approval: &Approval, names: &SessionNames) -> [String; 7] {
    [
        short(approval),
        names.short(approval.session_id),
        approval.created_at.to_string(),
        tool(approval),
        approval.status.as_str().to_owned(),
        answer(approval),
        tool_line::of(&approval.tool_input),
    ]
}

fn short(approval: &Approval) -> String {
    approval.id.to_string()[..8].to_owned()
}

/// The tool, and the sub-agent where it is one that asks.
fn tool(approval: &Approval) -> String {
    let tool = tool_line::visible(&approval.tool_name);
    match &approval.agent_id {
        Some(agent) => format!("{tool} (sub-agent {})", tool_line::visible(agent)),
        None => tool,
    }
}

/// Who answered what, or why nobody can any more.
fn answer(approval: &Approval) -> String {
    match (&approval.answer, approval.closed_reason) {
        (Some(Answer { decision, by, .. }), _) => {
            format!("{} by {}", decision.as_str(), tool_line::visible(by))
        }
        (None, Some(ClosedReason::AnsweredInTerminal)) => "answered in the terminal".to_owned(),
        (None, Some(ClosedReason::AgentMovedOn)) => "the agent moved on".to_owned(),
        (None, Some(ClosedReason::SessionEnded)) => "the session ended".to_owned(),
        (None, None) => String::new(),
    }
}

fn age(millis: i64) -> String {
    match millis.max(0) / 1000 {
        seconds @ ..60 => format!("{seconds}s"),
        seconds @ 60..3600 => format!("{}m", seconds / 60),
        seconds @ 3600..86_400 => format!("{}h", seconds / 3600),
        seconds => format!("{}d", seconds / 86_400),
    }
}
