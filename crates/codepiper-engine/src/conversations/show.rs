//! Entries as they are shown: with what they cost, and what was decided about them.

use codepiper_model::{ConversationEntry, ConversationTool};
use codepiper_store::conversation::{self, StoredCall, StoredSaid};
use codepiper_store::{Connection, StoreError};
use serde_json::Value;

use super::{UsageCost, dollars, place_text};

/// Entries as they are shown.
pub(super) fn entries(
    db: &Connection,
    said: Vec<StoredSaid>,
) -> Result<Vec<ConversationEntry>, StoreError> {
    said.into_iter().map(|said| entry(db, said)).collect()
}

fn entry(db: &Connection, said: StoredSaid) -> Result<ConversationEntry, StoreError> {
    let cost = conversation::cost_of(db, &said)?;
    let usage = cost.map(|(tokens, cost)| UsageCost {
        tokens,
        cost_usd: cost.map(dollars),
    });
    Ok(ConversationEntry {
        id: said.id,
        place: place_text(said.place()),
        revision: said.revision,
        at: said.at,
        kind: said.kind,
        text: said.text,
        agent_id: said.agent_id,
        model: said.model,
        message_id: said.message_id,
        tool: said.tool.map(|call| tool(db, call)).transpose()?,
        usage,
    })
}

fn tool(db: &Connection, call: StoredCall) -> Result<ConversationTool, StoreError> {
    let decided = conversation::decided(db, &call.call_id)?;
    let input = call.input.map(|input| match serde_json::from_str(&input) {
        Ok(input) => input,
        Err(_) => Value::String(input),
    });
    let (decision_id, approval) = decided.unzip();
    let approval_id = approval.flatten().and_then(|id: String| id.parse().ok());
    Ok(ConversationTool {
        call_id: call.call_id,
        name: call.name,
        input: input.unwrap_or_default(),
        result: call.result,
        is_error: call.is_error,
        ended_at: call.ended_at,
        duration_ms: call.duration_ms,
        sub_agent_id: call.sub_agent,
        decision_id,
        approval_id,
    })
}
