//! `approve` and `deny`.

use codepiper_api::{
    AnswerApprovalRequest, ApprovalResponse, ApprovalsResponse, Client, ErrorBody,
};
use codepiper_model::{Approval, ApprovalId, Permission};

use super::Context;
use crate::cli::AnswerApproval;
use crate::error::CliError;
use crate::{output, tool_line};

pub(super) async fn run(
    context: &Context,
    args: AnswerApproval,
    decision: Permission,
) -> Result<(), CliError> {
    let approval = find(&context.client, &args.id).await?;
    let what = tool_line::of(&approval.tool_input);
    if !context.json {
        let (tool, cwd) = (
            tool_line::visible(&approval.tool_name),
            tool_line::visible(&approval.cwd.to_string_lossy()),
        );
        output::note(format!("{tool} in {cwd}: {what}"));
    }
    // What was read is what is answered: should the agent ask something else by now, the daemon
    // refuses.
    let request = AnswerApprovalRequest {
        decision,
        request_hash: approval.request_hash,
        note: args.note,
        rule: args.rule,
    };
    let path = format!("/approvals/{}/answer", approval.id);
    let answer = context.client.post(&path, &request).await?;
    if context.json {
        return output::json(&answer);
    }
    let ApprovalResponse { approval } = serde_json::from_value(answer)?;
    let done = match decision {
        Permission::Allow => "approved",
        Permission::Deny => "denied",
    };
    match approval.answer.and_then(|answer| answer.rule_id) {
        Some(rule) => output::line(format!(
            "{done}: {what} (and for the rest of the session, by rule `{rule}`)"
        )),
        None => output::line(format!("{done}: {what}")),
    }
}

/// Finds the one approval whose id begins with `text`: of those that wait, else of any, so that
/// whoever is too late reads why.
async fn find(client: &Client, text: &str) -> Result<Approval, CliError> {
    if let Ok(id) = text.parse::<ApprovalId>() {
        let answer = client.get(&format!("/approvals/{id}")).await?;
        return Ok(serde_json::from_value::<ApprovalResponse>(answer)?.approval);
    }
    let start = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for status in ["status=pending&", ""] {
        let path = format!("/approvals?{status}limit=1000");
        let ApprovalsResponse { approvals } = serde_json::from_value(client.get(&path).await?)?;
        found = approvals;
        found.retain(|one| !start.is_empty() && one.id.to_string().starts_with(&start));
        if !found.is_empty() {
            break;
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(approval), true) => Ok(approval),
        (None, _) => {
            let message = format!("no approval `{}` waits", tool_line::visible(text));
            let body = ErrorBody::new("approval_not_found", message);
            Err(CliError::NotFound(
                body.with_hint("`codepiper approvals` lists those that do"),
            ))
        }
        (Some(last), false) => {
            found.push(last);
            let candidate = |one: &Approval| {
                let (id, status) = (one.id, one.status.as_str());
                format!("{id} {status} {}", tool_line::of(&one.tool_input))
            };
            let candidates: Vec<String> = found.iter().map(candidate).collect();
            let message = format!("`{text}` could be {} approvals", candidates.len());
            let body = ErrorBody::new("ambiguous_approval", message);
            Err(CliError::NotFound(body.with_hint(candidates.join("\n  "))))
        }
    }
}
