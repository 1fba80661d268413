use std::time::Duration;

use codepiper_model::{ActivityState, Actor, EventSource, SessionId};
use serde_json::json;
use tokio::time::timeout;

use super::typing::until;
use super::{Live, SessionManager};
use crate::EngineError;
use crate::codex::ConnectionError;

/// How long an agent may take to end its turn.
const END_MAX: Duration = Duration::from_secs(10);

/// How long it may then take until that is the session's activity; another prompt may be sooner.
const KNOWN_MAX: Duration = Duration::from_secs(2);

impl SessionManager {
    /// Ends the turn of the session's agent, and returns once it is over: through its app-server,
    /// otherwise with Escape. That key would answer a dialog, and what waits for a person does so
    /// for a reason: both are refused.
    pub async fn interrupt(&self, id: SessionId, by: Actor) -> Result<(), EngineError> {
        let live = self.live(id).await?;
        if let Some(pending) = self.parts.approvals.pending_of(id) {
            return Err(EngineError::conflict_with_hint(
                "approval_pending",
                format!(
                    "session `{id}` waits for an answer to approval `{}`",
                    pending.id
                ),
                "say no with `codepiper deny`, then interrupt what goes on",
            ));
        }
        if live.app_server.is_connected() {
            self.interrupt_turn(&live, by).await?;
        } else {
            self.press_escape(&live, by).await?;
        }
        // No hook tells it, and the screen is believed after a while only.
        let mut activity = live.activity.subscribe();
        let known = activity.wait_for(|now| now.state == ActivityState::Idle);
        drop(timeout(KNOWN_MAX, known).await);
        Ok(())
    }

    async fn interrupt_turn(&self, live: &Live, by: Actor) -> Result<(), EngineError> {
        let shows = live.read_screen().state == ActivityState::Working;
        let turn = live.app_server.turn(shows).await;
        let turn = turn.ok_or_else(|| not_working(live.id))?;
        self.note_interruption(live, by).await?;
        let thread = live.subject.conversation().unwrap_or_default();
        let ended = live.app_server.interrupt(&thread, &turn).await;
        ended.map_err(|error| match error {
            // It ended by itself meanwhile.
            ConnectionError::Refused(_) => not_working(live.id),
            error => not_interrupted(&format!("the app-server {error}")),
        })
    }

    async fn press_escape(&self, live: &Live, by: Actor) -> Result<(), EngineError> {
        let input = live.pane.input().await;
        let reading = live.read_screen();
        if reading.is_dialog() {
            return Err(EngineError::conflict_with_hint(
                "dialog_open",
                format!(
                    "a dialog is open in session `{}` ({}): Escape would answer it",
                    live.id, reading.kind
                ),
                "answer it with `codepiper keys`, or in the terminal with `codepiper attach`",
            ));
        }
        if reading.state != ActivityState::Working {
            return Err(not_working(live.id));
        }
        self.note_interruption(live, by).await?;
        let escape = "escape".parse().map_err(EngineError::internal)?;
        // A dialog may have come up while that was stored.
        if !live.read_screen().is_dialog() {
            input.keys(&[escape]).await?;
        }
        drop(input);
        let over = until(live, END_MAX, |r| r.state == ActivityState::Idle).await;
        over.map(drop)
            .ok_or_else(|| not_interrupted("the agent goes on"))
    }

    /// Before it is done: whatever comes of it is told by the agent.
    async fn note_interruption(&self, live: &Live, by: Actor) -> Result<(), EngineError> {
        let payload = json!({ "by": by.to_string() });
        let events = &self.parts.events;
        events
            .emit(live.id, EventSource::User, "InterruptRequested", payload)
            .await
            .map(drop)
    }
}

fn not_working(id: SessionId) -> EngineError {
    EngineError::conflict(
        "not_working",
        format!("the agent of session `{id}` works on nothing that could be interrupted"),
    )
}

fn not_interrupted(why: &str) -> EngineError {
    EngineError::conflict_with_hint(
        "not_interrupted",
        format!("the turn is not over: {why}"),
        "look at the terminal with `codepiper attach` or `codepiper tail`",
    )
}
