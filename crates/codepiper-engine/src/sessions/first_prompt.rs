use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{ActivityState, EventSource, PromptText, SessionId};
use codepiper_providers::Reading;
use serde_json::json;

use super::deliver::Delivery;
use super::launch::PROMPT_FILE;
use super::typing::until;
use super::{InputKind, Live, SessionManager};
use crate::EngineError;

/// How long a first prompt waits for start-up dialogs to be answered.
const FIRST_PROMPT_DEADLINE: Duration = Duration::from_hours(1);

impl SessionManager {
    /// Types a prompt that was too long for an argument, once the agent is ready for it.
    pub(super) async fn type_first_prompt(&self, live: Arc<Live>) {
        let ready = |r: &Reading| r.has_box && r.state == ActivityState::Idle;
        let waited = until(&live, FIRST_PROMPT_DEADLINE, ready).await;
        let result = match waited {
            Some(_) => self.deliver_waiting(&live).await,
            None => Err(EngineError::conflict(
                "not_ready",
                "the agent never showed its prompt",
            )),
        };
        if let Err(error) = result {
            tracing::error!(session = %live.id, %error, "the first prompt did not arrive");
            let payload = json!({ "error": error.to_string() });
            let events = &self.parts.events;
            drop(
                events
                    .emit(live.id, EventSource::Daemon, "PromptFailed", payload)
                    .await,
            );
        }
    }

    async fn deliver_waiting(&self, live: &Live) -> Result<(), EngineError> {
        let file = self.parts.config.session_dir(live.id).join(PROMPT_FILE);
        let text = fs_err::read_to_string(&file)?;
        let prompt = PromptText::literal(&text).map_err(EngineError::internal)?;
        // Before it is typed: a prompt that is typed twice does more harm than one that a person
        // has to repeat, and its event shows how far it came.
        fs_err::remove_file(&file)?;
        // It was judged when the session was made.
        let delivery = Delivery {
            id: SessionId::random().to_string(),
            text: prompt,
            kind: InputKind::Prompt,
            enter: true,
            key: None,
            by: None,
            has_waited: false,
        };
        let input = live.pane.input().await;
        self.deliver(live, input, &delivery).await.map(drop)
    }
}
