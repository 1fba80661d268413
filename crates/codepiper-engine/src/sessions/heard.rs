//! What a session's own channels say of what it does: its hooks and its app-server.

use codepiper_model::{ActivityState, EventSource, Seq, SessionId};
use codepiper_providers::codex::rpc::{Notice, Status};
use codepiper_providers::codex::trouble::of_error;
use codepiper_providers::{HookFact, HookReading};
use codepiper_store::events::{self, EventQuery};
use tokio::time::Instant;

use super::activity::{HookSign, ServerSign};
use super::{Live, SessionManager};
use crate::EngineError;

impl SessionManager {
    /// Takes over what a hook said of what the agent does. A permission that is asked for is no
    /// sign of its own: the approval is.
    pub(crate) fn note_hook(
        &self,
        id: SessionId,
        event: &str,
        event_id: Seq,
        reading: &HookReading,
    ) {
        let is_permission =
            matches!(&reading.fact, HookFact::PermissionAsked(call) if !call.is_question);
        let (Some(state), false) = (reading.activity, is_permission) else {
            return;
        };
        let Some(live) = self.live_map().get(&id).cloned() else {
            return;
        };
        if state == ActivityState::Working && reading.fact == HookFact::TurnChanged {
            // What went wrong with an earlier turn is over.
            live.server.send_modify(|sign| {
                if let Some(sign) = sign {
                    sign.trouble = None;
                }
            });
        }
        live.hook.send_replace(Some(HookSign {
            state,
            event: event.to_owned(),
            event_id,
            trouble: reading.trouble.clone().map(|trouble| live.clean(trouble)),
            at: self.parts.clock.now(),
            heard: Instant::now(),
        }));
    }

    /// Takes over that one of the session's own hooks has reported.
    pub(crate) fn note_report(&self, id: SessionId) {
        if let Some(live) = self.live_map().get(&id) {
            live.is_hooked.send_replace(true);
        }
    }

    /// Takes over what an app-server said of the session's own conversation.
    pub(crate) fn note_server(&self, live: &Live, notice: &Notice) {
        let conversation = live.subject.conversation();
        let is_ours = |thread: &String| conversation.as_ref() == Some(thread);
        let before = live.server.borrow().clone();
        let mut sign = before.unwrap_or(ServerSign {
            state: ActivityState::Unknown,
            trouble: None,
            at: self.parts.clock.now(),
        });
        match notice {
            Notice::StatusChanged(thread, status) if is_ours(thread) => {
                sign.state = match status {
                    Status::Working => ActivityState::Working,
                    Status::NeedsPermission => ActivityState::NeedsPermission,
                    Status::NeedsInput => ActivityState::NeedsInput,
                    Status::Idle => ActivityState::Idle,
                    Status::Unknown => ActivityState::Unknown,
                };
            }
            Notice::TurnBegan(thread, _) if is_ours(thread) => sign.trouble = None,
            Notice::Failed {
                thread_id,
                message,
                code,
                will_retry: false,
            } if is_ours(thread_id) => {
                sign.trouble = Some(live.clean(of_error(code.as_deref(), message)));
            }
            Notice::ConversationBegan(thread) if !thread.is_inner => sign.trouble = None,
            _ => return,
        }
        sign.at = self.parts.clock.now();
        live.server.send_replace(Some(sign));
    }

    /// Says once that the hooks are silent of a session whose turn was seen on the screen.
    pub(super) async fn warn_of_silence(&self, live: &Live) -> Result<(), EngineError> {
        if *live.is_hooked.borrow() || *live.is_unhooked.borrow() {
            return Ok(());
        }
        // An earlier daemon may have heard of them.
        let query = EventQuery {
            session_id: Some(live.id),
            source: Some(EventSource::Hook),
            limit: 1,
            ..EventQuery::default()
        };
        let read = move |db: &codepiper_store::Connection| events::query(db, &query);
        let (reports, _) = self.parts.store.read(read).await?;
        if !reports.is_empty() {
            live.is_hooked.send_replace(true);
            return Ok(());
        }
        tracing::warn!(session = %live.id, "a turn was seen and no hook has reported: what the \
            session does is read off its screen, and no rule is asked");
        live.is_unhooked.send_replace(true);
        Ok(())
    }
}
