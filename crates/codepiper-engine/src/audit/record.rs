//! Writing the audit, always in the transaction of what it is about.

use codepiper_model::{
    Actor, Answer, Decision, DecisionKind, DecisionSource, EntryKind, Matched, Outcome, Seq,
    Session, Timestamp,
};
use codepiper_store::decisions::{self, StoredDecision};
use codepiper_store::{StoreError, Transaction};
use serde_json::{Value, json};

use super::Redactor;
use super::asked::Asked;
use super::chain::{seal_decision, seal_entry};

/// What the rules make of it.
#[derive(Clone, Debug)]
pub(crate) struct Ruling {
    pub(crate) decision: DecisionKind,
    pub(crate) source: DecisionSource,
    pub(crate) matched: Vec<Matched>,
    pub(crate) reason: Option<String>,
}

impl Ruling {
    /// Nobody could be asked: the agent's own rules applied, or the call was blocked.
    pub(crate) fn fallback(blocked: bool) -> Self {
        Self {
            decision: if blocked {
                DecisionKind::Deny
            } else {
                DecisionKind::None
            },
            source: DecisionSource::Fallback,
            matched: Vec::new(),
            reason: Some("the daemon could not be asked in time".to_owned()),
        }
    }

    /// The rule that decided, where one did.
    fn decided_by(&self) -> Option<&Matched> {
        let is_by_rule = self.source == DecisionSource::Rule;
        self.matched.first().filter(|_| is_by_rule)
    }

    /// Who has the last word, as far as this goes.
    fn actor(&self) -> String {
        let name = match self.decision {
            DecisionKind::None => "agent",
            _ => "policy",
        };
        name.to_owned()
    }
}

/// Adds the row of a tool call.
pub(crate) fn record(
    tx: &Transaction<'_>,
    asked: &Asked,
    event_id: Seq,
    ruling: &Ruling,
) -> Result<Decision, StoreError> {
    let by = ruling.decided_by();
    let decision = Decision {
        id: uuid::Uuid::now_v7().to_string(),
        session_id: asked.session_id,
        event_id: Some(event_id),
        agent_id: asked.agent_id.clone(),
        policy_id: by.map(|rule| rule.policy_id.clone()),
        rule_id: by.map(|rule| rule.rule_id.clone()),
        tool_name: asked.tool_name.clone(),
        tool_input: asked.tool_input.clone(),
        args: asked.tool_input.clone(),
        decision: ruling.decision,
        source: ruling.source,
        matched: ruling.matched.clone(),
        reason: ruling.reason.clone(),
        actor: ruling.actor(),
        outcome: Outcome::Unknown,
        timestamp: asked.at,
        hash: String::new(),
        prev_hash: String::new(),
    };
    seal_decision(
        tx,
        decision,
        asked.request_hash.clone(),
        asked.tool_use_id.clone(),
    )
}

/// Adds the row of a tool call that is heard of before it is made, unless it has one: it was made
/// before the report that it would be came.
pub(crate) fn record_before(
    tx: &Transaction<'_>,
    asked: &Asked,
    event_id: Seq,
    ruling: &Ruling,
) -> Result<(), StoreError> {
    let earlier = match &asked.tool_use_id {
        Some(id) => decisions::of_tool_use(tx, asked.session_id, id)?,
        None => None,
    };
    if earlier.is_none() {
        record(tx, asked, event_id, ruling)?;
    }
    Ok(())
}

/// Decides once more on a tool call that has its row: the agent asks for leave now.
pub(crate) fn rule_again(
    tx: &Transaction<'_>,
    stored: StoredDecision,
    event_id: Seq,
    ruling: &Ruling,
    at: Timestamp,
) -> Result<Decision, StoreError> {
    let mut decision = stored.decision;
    let by = ruling.decided_by();
    decision.policy_id = by.map(|rule| rule.policy_id.clone());
    decision.rule_id = by.map(|rule| rule.rule_id.clone());
    decision.decision = ruling.decision;
    decision.source = ruling.source;
    decision.matched.clone_from(&ruling.matched);
    decision.reason.clone_from(&ruling.reason);
    decision.actor = ruling.actor();
    decisions::update(tx, &decision, None)?;
    let facts = json!({
        "decision": ruling.decision,
        "eventId": event_id,
        "matched": ruling.matched,
        "reason": ruling.reason,
        "source": ruling.source,
    });
    seal_entry(tx, at, EntryKind::Asked, Some(&decision.id), &facts)?;
    Ok(decision)
}

/// Writes down that a person answered.
pub(crate) fn answered(
    tx: &Transaction<'_>,
    decision_id: &str,
    answer: &Answer,
) -> Result<(), StoreError> {
    let Some(mut decision) = decisions::get(tx, decision_id)?.map(|stored| stored.decision) else {
        return Ok(());
    };
    decision.actor.clone_from(&answer.by);
    decision.outcome = Outcome::Answered;
    decisions::update(tx, &decision, None)?;
    let facts = json!({ "answer": shown_answer(answer) });
    seal_entry(
        tx,
        answer.at,
        EntryKind::Answered,
        Some(decision_id),
        &facts,
    )
}

/// An answer as events and the audit show it. Its note may hold a secret; the agent is told it as
/// it is, and the approval keeps it.
pub(crate) fn shown_answer(answer: &Answer) -> Value {
    Redactor::default().redact(&json!(answer))
}

/// Writes down what came of a tool call.
pub(crate) fn came_of(
    tx: &Transaction<'_>,
    stored: StoredDecision,
    outcome: Outcome,
    tool_use_id: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut decision = stored.decision;
    if decision.outcome == outcome {
        return Ok(());
    }
    decision.outcome = outcome;
    decisions::update(tx, &decision, tool_use_id)?;
    let facts = json!({ "outcome": outcome });
    seal_entry(tx, at, EntryKind::Outcome, Some(&decision.id), &facts)
}

/// Writes down that a typed line was submitted, and by whom where no rule had a say.
pub(crate) fn submitted(
    tx: &Transaction<'_>,
    decision_id: &str,
    by: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(mut decision) = decisions::get(tx, decision_id)?.map(|stored| stored.decision) else {
        return Ok(());
    };
    decision.outcome = Outcome::Ran;
    if let Some(by) = by {
        by.clone_into(&mut decision.actor);
    }
    decisions::update(tx, &decision, None)?;
    let facts = json!({ "by": by, "outcome": decision.outcome });
    seal_entry(tx, at, EntryKind::Submitted, Some(decision_id), &facts)
}

/// Writes down that a tool was used with something else than what was decided on: another hook of
/// the agent's has changed it.
pub(crate) fn input_changed(
    tx: &Transaction<'_>,
    decision: &Decision,
    tool_input: &Value,
    at: Timestamp,
) -> Result<(), StoreError> {
    let facts = json!({ "toolInput": tool_input });
    seal_entry(tx, at, EntryKind::InputChanged, Some(&decision.id), &facts)
}

/// Writes down that an agent is started that does not ask; the others' starts are events only.
pub(crate) fn started(
    tx: &Transaction<'_>,
    session: &Session,
    by: Actor,
    at: Timestamp,
) -> Result<(), StoreError> {
    if !session.dangerous_mode {
        return Ok(());
    }
    let facts = json!({
        "by": by.to_string(),
        "cwd": session.cwd,
        "provider": session.provider,
        "sessionId": session.id,
    });
    note(tx, EntryKind::DangerousStart, &facts, at)
}

/// Writes down something else that has to be accounted for.
pub(crate) fn note(
    tx: &Transaction<'_>,
    kind: EntryKind,
    facts: &Value,
    at: Timestamp,
) -> Result<(), StoreError> {
    seal_entry(tx, at, kind, None, facts)
}
