//! Dialogs of sub-agents that the terminal leaves up although somebody else has answered (seen:
//! 0.169.0). Nobody waits for an answer to them, and they keep the prompt from being used.

use std::time::Duration;

use codepiper_model::{ActivityState, EventSource};
use codepiper_providers::codex::screen::dialog_is_of;
use serde_json::json;
use tokio::time::Instant;

use super::desk::Desk;
use super::follow::Follower;
use super::threads::Threads;
use crate::EngineError;

/// How long after an answer such a dialog may come up: the terminal waits while somebody types.
const SHOWS_MAX: Duration = Duration::from_secs(15);
const LOOK_PAUSE: Duration = Duration::from_millis(500);

/// How long it has to have been there. A request that is still open is heard of much sooner.
const STAYS: Duration = Duration::from_secs(1);

/// What is looked for after an answer to a sub-agent.
#[derive(Debug, Default)]
pub(super) struct Leftover {
    until: Option<Instant>,
    look_at: Option<Instant>,
    /// Whose dialog is there, and since when.
    seen: Option<(String, Instant)>,
}

impl Leftover {
    /// One may come up from now on.
    pub(super) fn expect(&mut self) {
        let now = Instant::now();
        self.until = Some(now + SHOWS_MAX);
        self.look_at = Some(now + LOOK_PAUSE);
        self.seen = None;
    }

    pub(super) const fn look_at(&self) -> Option<Instant> {
        self.look_at
    }

    /// Takes in whose dialog is there; says whether it has been there for long enough.
    fn stays(&mut self, thread_id: Option<String>, now: Instant) -> bool {
        let goes_on = self.until.is_some_and(|until| now < until);
        self.look_at = goes_on.then(|| now + LOOK_PAUSE);
        let before = self.seen.take();
        self.seen = thread_id.map(|thread_id| match before {
            Some((known, since)) if known == thread_id => (thread_id, since),
            _ => (thread_id, now),
        });
        let since = self.seen.as_ref().map(|(_, since)| *since);
        since.is_some_and(|since| now - since >= STAYS)
    }
}

impl Follower {
    /// Takes a dialog down that nobody waits for.
    pub(super) async fn take_leftover(&self, desk: &mut Desk, threads: &Threads) {
        let shown = self.shown_leftover(desk, threads);
        if !desk.leftover.stays(shown.clone(), Instant::now()) {
            return;
        }
        // Another one may be below it.
        desk.leftover.expect();
        if let Err(error) = self.dismiss(shown).await {
            tracing::error!(session = %self.live.id, %error, "a dialog stays that is over");
        }
    }

    fn shown_leftover(&self, desk: &Desk, threads: &Threads) -> Option<String> {
        if self.live.read_screen().state != ActivityState::NeedsPermission {
            return None;
        }
        let lines = self.live.pane.view().lines;
        let mut ids = threads.joined().filter(|id| !self.is_own(id));
        let found = ids.find(|id| dialog_is_of(&lines, id) && !desk.is_asked_by(id));
        found.map(str::to_owned)
    }

    async fn dismiss(&self, thread_id: Option<String>) -> Result<(), EngineError> {
        let payload = json!({ "agent_id": thread_id });
        let events = &self.hooks.parts.events;
        let noted = events.emit(
            self.live.id,
            EventSource::Daemon,
            "DialogDismissed",
            payload,
        );
        noted.await?;
        let escape = "escape".parse().map_err(EngineError::internal)?;
        self.live.pane.input().await.keys(&[escape]).await?;
        Ok(())
    }
}
