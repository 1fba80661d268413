//! What becomes of a request that no rule matches, where the agent itself would ask.

use codepiper_model::{Actor, EntryKind, SessionId, Verdict};
use codepiper_store::{Transaction, sessions};
use serde_json::json;

use super::PolicyEngine;
use super::change::whole;
use crate::EngineError;
use crate::audit;

impl PolicyEngine {
    /// The default action of a session: its own, or the daemon's.
    pub(crate) fn default_action(&self, session_id: Option<SessionId>) -> Verdict {
        let own = session_id.and_then(|id| self.current().default_action(id));
        own.unwrap_or_else(|| self.settings.get().default_policy_action)
    }

    /// Gives a session a default action of its own, or takes it away; it counts from the next
    /// decision on.
    pub async fn change_default(
        &self,
        session_id: SessionId,
        action: Option<Verdict>,
        by: Actor,
    ) -> Result<(), EngineError> {
        check_default_action("action", action)?;
        let engine = self.clone();
        whole(async move {
            let _guard = engine.changing.lock().await;
            let now = engine.clock.now();
            let job = move |tx: &Transaction<'_>| {
                let is_known = sessions::set_default_action(tx, session_id, action, now)?;
                if is_known {
                    let facts =
                        json!({ "action": action, "by": by.to_string(), "sessionId": session_id });
                    audit::note(tx, EntryKind::DefaultActionChanged, &facts, now)?;
                }
                Ok(is_known)
            };
            if engine.store.write(job).await? {
                engine.reload().await
            } else {
                Err(EngineError::no_session(session_id))
            }
        })
        .await
    }
}

/// Refuses an action that would let an agent do whatever no rule speaks of.
pub(crate) fn check_default_action(
    field: &str,
    action: Option<Verdict>,
) -> Result<(), EngineError> {
    if action != Some(Verdict::Allow) {
        return Ok(());
    }
    let message = format!("`{field}` is `ask` or `deny`; write a rule for what is to be allowed");
    Err(EngineError::invalid(field, message))
}
