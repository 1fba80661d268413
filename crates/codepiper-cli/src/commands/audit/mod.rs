mod entries;
mod export;
mod list;
mod verify;

use codepiper_api::Client;
use codepiper_model::{EntryKind, SessionId, Timestamp};

use super::Context;
use crate::cli::{Audit, AuditCommand, CameOf, Decided, Times, WhichDecisions, WhichEntries};
use crate::error::CliError;
use crate::resolve;
use crate::url::Query;

/// A terminal with fewer columns is no place for a table.
const NARROW: u16 = 100;

pub(super) async fn run(context: &Context, args: &Audit) -> Result<(), CliError> {
    match &args.command {
        Some(AuditCommand::Verify { head }) => verify::run(context, head.as_deref()).await,
        Some(AuditCommand::Entries(args)) => entries::run(context, args).await,
        Some(AuditCommand::Export(args)) => export::run(context, args).await,
        None => list::run(context, args).await,
    }
}

async fn add_decisions(
    query: &mut Query,
    client: &Client,
    which: &WhichDecisions,
) -> Result<(), CliError> {
    if let Some(text) = &which.session {
        // What was decided outlives its session.
        let id = match text.parse::<SessionId>() {
            Ok(id) => id,
            Err(_) => resolve::session(client, text).await?.id,
        };
        query.add("sessionId", Some(id));
    }
    query.add("decision", which.decision.map(Decided::as_str));
    query.add("toolName", which.tool.as_ref());
    query.add("outcome", which.outcome.map(CameOf::as_str));
    query.add("policyId", which.policy.as_ref());
    query.add("ruleId", which.rule.as_ref());
    query.add("actor", which.actor.as_ref());
    Ok(())
}

fn add_entries(query: &mut Query, which: &WhichEntries) {
    query.add("kind", which.kind.map(EntryKind::as_str));
    query.add("decisionId", which.decision_id.as_ref());
}

fn add_times(query: &mut Query, times: &Times) {
    query.add("since", times.since);
    query.add("until", times.until);
    query.add("text", times.text.as_ref());
}

/// A time as it fits on a telephone.
fn minute(time: Timestamp) -> String {
    let text = time.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute}Z"),
        _ => text,
    }
}
