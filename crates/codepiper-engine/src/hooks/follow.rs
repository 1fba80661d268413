//! What an event says about the calls that were decided before it.

use codepiper_model::{
    Approval, DecisionKind, EventSource, NewEvent, Outcome, Seq, SessionId, Timestamp,
};
use codepiper_providers::{HookCall, HookFact, HookReading};
use codepiper_store::approvals::StoredApproval;
use codepiper_store::decisions::{self, StoredDecision};
use codepiper_store::{StoreError, Transaction, events};
use serde_json::json;

use super::Hooks;
use crate::EngineError;
use crate::approvals::{Settlement, settle};
use crate::audit::{self, Asked, Ruling};

impl Hooks {
    /// Takes in that a turn of a sub-agent is over, which no hook tells.
    pub(crate) async fn agent_turn_over(
        &self,
        session_id: SessionId,
        agent_id: &str,
    ) -> Result<(), EngineError> {
        let reading = HookReading {
            fact: HookFact::TurnChanged,
            activity: None,
            trouble: None,
            agent_id: Some(agent_id.to_owned()),
            cwd: None,
            mode: None,
            conversation: None,
        };
        let (events, at) = (self.parts.events.clone(), self.parts.clock.now());
        let commit = |open: Vec<StoredApproval>| async move {
            let write = move |tx: &Transaction<'_>| {
                let seq = events::last(tx)?;
                let settled = follow(tx, session_id, seq, &reading, None, &open, at)?;
                Ok((events::last(tx)?, settled))
            };
            let (_, settled) = events.commit(write).await?;
            Ok(((), settled))
        };
        let approvals = &self.parts.approvals;
        approvals.while_unchanged(session_id, commit).await
    }
}

/// Writes down what came of earlier calls, and returns the approvals that are settled by it. `used`
/// is the call that the event says was made, where it says so.
pub(super) fn follow(
    tx: &Transaction<'_>,
    session_id: SessionId,
    event_id: Seq,
    reading: &HookReading,
    used: Option<&Asked>,
    open: &[StoredApproval],
    at: Timestamp,
) -> Result<Vec<Approval>, StoreError> {
    let agent_id = reading.agent_id.as_deref();
    let mut settled = Vec::new();
    match &reading.fact {
        HookFact::AfterTool(call) => {
            let id = match find(tx, session_id, agent_id, call, open)? {
                Some(found) => {
                    note_other_input(tx, &found, call, used, at)?;
                    Some(found.decision.id)
                }
                // It was used before anybody asked about it.
                None => match used {
                    Some(used) => {
                        Some(audit::record(tx, used, event_id, &Ruling::fallback(false))?.id)
                    }
                    None => None,
                },
            };
            if let Some(approval) = approval_of(open, id.as_deref()) {
                settled.extend(settle(tx, approval, Settlement::Ran, at)?);
            }
            if let Some(id) = id
                && let Some(found) = decisions::get(tx, &id)?
            {
                audit::came_of(tx, found, Outcome::Ran, call.tool_use_id.as_deref(), at)?;
            }
        }
        HookFact::AfterBatch(calls) => {
            for call in calls {
                let Some(found) = find(tx, session_id, agent_id, call, open)? else {
                    continue;
                };
                if found.decision.outcome == Outcome::Ran {
                    continue;
                }
                let id = found.decision.id.clone();
                if let Some(approval) = approval_of(open, Some(&id)) {
                    settled.extend(settle(tx, approval, Settlement::NotRun, at)?);
                }
                if let Some(found) = decisions::get(tx, &id)? {
                    audit::came_of(tx, found, Outcome::Blocked, call.tool_use_id.as_deref(), at)?;
                }
            }
        }
        HookFact::TurnChanged => {
            for stored in open {
                if stored.approval.agent_id.as_deref() == agent_id {
                    settled.extend(settle(tx, stored, Settlement::MovedOn, at)?);
                }
            }
            let denied = decisions::open_of_agent(tx, session_id, agent_id, DecisionKind::Deny)?;
            for found in denied {
                audit::came_of(tx, found, Outcome::Blocked, None, at)?;
            }
            decisions::close_turn(tx, session_id, agent_id)?;
        }
        HookFact::BeforeTool(_)
        | HookFact::PermissionAsked(_)
        | HookFact::ConversationBegan
        | HookFact::Unreadable
        | HookFact::Other => {}
    }
    Ok(settled)
}

/// Writes down that the tool got something else than what was decided on. A question gets its answers
/// added.
fn note_other_input(
    tx: &Transaction<'_>,
    found: &StoredDecision,
    call: &HookCall,
    used: Option<&Asked>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let decision = &found.decision;
    let Some(used) = used.filter(|used| used.tool_input != decision.tool_input) else {
        return Ok(());
    };
    if call.is_question {
        return Ok(());
    }
    audit::input_changed(tx, decision, &used.tool_input, at)?;
    let event = NewEvent {
        session_id: decision.session_id,
        timestamp: at,
        source: EventSource::Policy,
        kind: "ToolInputChanged".to_owned(),
        payload: json!({
            "decisionId": decision.id,
            "toolName": decision.tool_name,
            "decidedOn": decision.tool_input,
            "used": used.tool_input,
        }),
    };
    events::append(tx, &event).map(drop)
}

/// The decision on a call: by the agent's name for it or, where the event before the call never
/// reached us, by what is open of the same words.
fn find(
    tx: &Transaction<'_>,
    session_id: SessionId,
    agent_id: Option<&str>,
    call: &HookCall,
    open: &[StoredApproval],
) -> Result<Option<StoredDecision>, StoreError> {
    if let Some(id) = &call.tool_use_id
        && let Some(found) = decisions::of_tool_use(tx, session_id, id)?
    {
        return Ok(Some(found));
    }
    let same = open.iter().find(|stored| {
        let approval = &stored.approval;
        approval.agent_id.as_deref() == agent_id
            && approval.tool_name == call.tool_name
            && approval.tool_input == call.tool_input
    });
    match same {
        Some(stored) => {
            let found = decisions::get(tx, &stored.decision_id)?;
            Ok(found.filter(|found| found.tool_use_id.is_none()))
        }
        None => Ok(None),
    }
}

fn approval_of<'a>(
    open: &'a [StoredApproval],
    decision_id: Option<&str>,
) -> Option<&'a StoredApproval> {
    open.iter()
        .find(|stored| Some(stored.decision_id.as_str()) == decision_id)
}
