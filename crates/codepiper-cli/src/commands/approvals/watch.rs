use codepiper_api::{ApprovalResponse, ApprovalsResponse, Client, EventsResponse};
use codepiper_model::{Answer, Approval, ApprovalStatus, ClosedReason, Event, SessionId};
use serde::Deserialize;

use super::super::Context;
use super::{answer, short, tool};
use crate::error::CliError;
use crate::session_names::SessionNames;
use crate::{output, tool_line};

/// How long one request waits for something to happen, in milliseconds.
const WAIT_MS: u64 = 30_000;

/// How an approval stood when something happened to it; by now it may stand differently.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Standing {
    approval_id: String,
    status: ApprovalStatus,
    answer: Option<Answer>,
    closed_reason: Option<ClosedReason>,
}

/// Prints what waits, then every change. The numbers of events are read before the list, so that
/// nothing falls between the two.
pub(super) async fn run(
    context: &Context,
    session: Option<SessionId>,
    limit: u16,
) -> Result<(), CliError> {
    let client = &context.client;
    let events = session.map_or_else(
        || "/events".to_owned(),
        |id| format!("/sessions/{id}/events"),
    );
    let newest = read(client, &format!("{events}?order=desc&limit=1")).await?;
    let mut last = newest.first().map_or(0, |event| event.id);
    let mut list = format!("/approvals?status=pending&limit={limit}");
    list.extend(session.map(|id| format!("&sessionId={id}")));
    let ApprovalsResponse { approvals } = serde_json::from_value(client.get(&list).await?)?;
    let mut names = SessionNames::default();
    let mut shown = Vec::new();
    for approval in approvals.iter().rev() {
        print(context, &mut names, approval).await?;
        shown.push(approval.id.to_string());
    }
    loop {
        let next = format!("{events}?since={last}&limit=1000&waitMs={WAIT_MS}");
        for event in read(client, &next).await? {
            last = event.id;
            if !event.kind.starts_with("Approval") {
                continue;
            }
            let then: Standing = serde_json::from_value(event.payload)?;
            let was_listed = shown.contains(&then.approval_id);
            if then.status == ApprovalStatus::Pending && was_listed {
                continue;
            }
            let answer = client
                .get(&format!("/approvals/{}", then.approval_id))
                .await?;
            let ApprovalResponse { mut approval } = serde_json::from_value(answer)?;
            approval.status = then.status;
            approval.answer = then.answer;
            approval.closed_reason = then.closed_reason;
            print(context, &mut names, &approval).await?;
        }
    }
}

async fn read(client: &Client, path: &str) -> Result<Vec<Event>, CliError> {
    let response: EventsResponse = serde_json::from_value(client.get(path).await?)?;
    Ok(response.events)
}

async fn print(
    context: &Context,
    names: &mut SessionNames,
    approval: &Approval,
) -> Result<(), CliError> {
    if context.json {
        return output::json(approval);
    }
    if !names.knows(approval.session_id) {
        *names = SessionNames::load(&context.client).await?;
    }
    let status = approval.status.as_str();
    let standing = match answer(approval).as_str() {
        "" => status.to_owned(),
        answer => format!("{status} ({answer})"),
    };
    output::line(format!(
        "{} {standing} [{}] {} in {}: {}",
        short(approval),
        output::harmless(&names.short(approval.session_id)),
        tool(approval),
        tool_line::visible(&approval.cwd.to_string_lossy()),
        tool_line::of(&approval.tool_input),
    ))
}
