//! A prompt that was being typed when a daemon died: whether it began a turn after all.

use std::time::Duration;

use codepiper_model::{ActivityState, Receipt, ReceiptStatus, SentPrompt, SessionId};
use codepiper_store::{Connection, prompts};
use tokio::time::{Instant, sleep};

use super::sight::TRANSCRIPT_LAG;
use super::turn::{over, read_turn};
use super::{Sent, SessionManager};
use crate::EngineError;

/// Why a prompt failed of which nobody knew whether it had arrived.
pub(crate) const DAEMON_STOPPED: &str = "daemon_stopped";

/// Between two looks at the agent.
const LOOK: Duration = Duration::from_millis(100);

impl SessionManager {
    /// The prompt of that key, where a daemon died while it was being typed.
    pub(crate) async fn half_typed(
        &self,
        id: SessionId,
        key: &str,
    ) -> Result<Option<SentPrompt>, EngineError> {
        let name = key.to_owned();
        let read = move |db: &Connection| prompts::of_key(db, id, &name);
        let found = self.parts.store.read(read).await?;
        let found = found.map(|stored| stored.prompt);
        Ok(found.filter(|prompt| {
            prompt.status == ReceiptStatus::Failed
                && prompt.reason.as_deref() == Some(DAEMON_STOPPED)
        }))
    }

    /// What came of such a prompt. Nothing where the agent has neither written it down nor is at
    /// work: then it may be sent once more.
    pub(crate) async fn turn_after_all(
        &self,
        id: SessionId,
        half: &SentPrompt,
        text: &str,
    ) -> Result<Option<Sent>, EngineError> {
        let from = self.stored_prompt(id, &half.id).await?.transcript_from;
        let from = from.unwrap_or(0);
        let live = self.live(id).await?;
        let patience = Instant::now() + TRANSCRIPT_LAG;
        loop {
            let turn = read_turn(live.transcript().as_deref(), from, text).await;
            if turn.prompted {
                let receipt = Receipt {
                    id: half.id.clone(),
                    status: ReceiptStatus::Submitted,
                    reason: None,
                };
                return Ok(Some(over(&live, receipt, from, text).await));
            }
            let is_idle = live.read_screen().state == ActivityState::Idle;
            let has_ended = live.exit.borrow().is_some();
            if has_ended || is_idle && Instant::now() > patience {
                return Ok(None);
            }
            sleep(LOOK).await;
        }
    }
}
