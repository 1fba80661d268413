//! The chains of hashes: each entry's hash covers what it says and the hash before it, so that
//! none can be changed, removed or put in between without all that follow telling. There are two,
//! one of decisions and one of what came after them; each entry also names the newest hash of the
//! other, so that whoever notes one hash has noted everything before it in both.

use codepiper_model::{Decision, EntryKind, Timestamp};
use codepiper_store::audit::{self, NewEntry};
use codepiper_store::decisions::{self, StoredDecision};
use codepiper_store::{StoreError, Transaction};
use serde_json::{Value, json};

use crate::canonical::{canonical, sha256};

/// Puts a decision at the end of the chain of decisions.
pub(super) fn seal_decision(
    tx: &Transaction<'_>,
    mut decision: Decision,
    request_hash: String,
    tool_use_id: Option<String>,
) -> Result<Decision, StoreError> {
    decision.prev_hash = decisions::last_hash(tx)?;
    let sealed = canonical(&json!({
        "agentId": decision.agent_id,
        "besideHash": audit::last_hash(tx)?,
        "decision": decision.decision,
        "eventId": decision.event_id,
        "id": decision.id,
        "matched": decision.matched,
        "policyId": decision.policy_id,
        "prevHash": decision.prev_hash,
        "reason": decision.reason,
        "requestHash": request_hash,
        "ruleId": decision.rule_id,
        "sessionId": decision.session_id,
        "source": decision.source,
        "timestamp": decision.timestamp,
        "toolInput": decision.tool_input,
        "toolName": decision.tool_name,
        "toolUseId": tool_use_id,
    }));
    decision.hash = sha256(sealed.as_bytes());
    let stored = StoredDecision {
        decision,
        request_hash,
        tool_use_id,
        sealed,
    };
    decisions::append(tx, &stored)?;
    Ok(stored.decision)
}

/// Puts something that happened at the end of the other chain.
pub(super) fn seal_entry(
    tx: &Transaction<'_>,
    at: Timestamp,
    kind: EntryKind,
    decision_id: Option<&str>,
    facts: &Value,
) -> Result<(), StoreError> {
    let prev_hash = audit::last_hash(tx)?;
    let sealed = canonical(&json!({
        "besideHash": decisions::last_hash(tx)?,
        "decisionId": decision_id,
        "facts": facts,
        "kind": kind.as_str(),
        "prevHash": prev_hash,
        "timestamp": at,
    }));
    let entry = NewEntry {
        at,
        kind: kind.as_str().to_owned(),
        decision_id: decision_id.map(str::to_owned),
        hash: sha256(sealed.as_bytes()),
        sealed,
        prev_hash,
    };
    audit::append(tx, &entry)
}
