use codepiper_model::{Actor, Channel, EventSource, Session, SessionId};
use codepiper_providers::Conversation;
use codepiper_providers::codex::Mode;
use codepiper_store::StoreError;
use codepiper_store::sessions::{self, Stored};
use codepiper_tmux::{Presence, Server};
use serde_json::json;

use super::SessionManager;
use super::conversation::is_written;
use super::create::told;
use super::plan::{Blueprint, Plan};
use super::restore::forget;
use crate::{EngineError, audit};

/// The code of the refusal to resume what has not ended.
pub(super) const LIVE: &str = "session_live";

impl SessionManager {
    /// Starts the agent of a session that has ended again, with the same conversation.
    pub async fn resume(&self, id: SessionId, by: Actor) -> Result<Session, EngineError> {
        // A caller that goes away must not leave half a session.
        let manager = self.clone();
        let resumption = self
            .parts
            .tasks
            .spawn(async move { manager.resume_whole(id, by).await });
        resumption.await.map_err(EngineError::internal)?
    }

    async fn resume_whole(&self, id: SessionId, by: Actor) -> Result<Session, EngineError> {
        let stored = self.stored(id).await?;
        let session = &stored.session;
        if session.status.is_live() {
            return Err(is_live(session));
        }
        if !session.cwd.is_dir() {
            return Err(EngineError::conflict_with_hint(
                "directory_gone",
                format!(
                    "the directory `{}` of session `{id}` is gone",
                    session.cwd.display()
                ),
                "make it again, or start a new session elsewhere",
            ));
        }
        self.cleared_up(id).await;
        let server = Server::new(self.tmux()?.clone(), stored.socket.clone(), id.tmux_name());
        if server.presence() != Presence::Absent {
            return Err(EngineError::conflict_with_hint(
                "server_left",
                format!("the tmux server of session `{id}` is still there"),
                "end it with `codepiper kill`, then resume",
            ));
        }
        let kept = self.kept(id)?;
        let own_name = id.to_string();
        let name = session.provider_session_id.as_deref().unwrap_or(&own_name);
        let transcript = session.transcript_path.as_deref();
        // An agent refuses to go on with a conversation in which nobody has said anything yet, and
        // one that chooses the name may never have come to it.
        let has_begun = match transcript {
            Some(transcript) => is_written(transcript),
            None => session.provider_session_id.is_some(),
        };
        if !has_begun && session.channel == Channel::Screen {
            return Err(EngineError::conflict_with_hint(
                "conversation_unknown",
                format!(
                    "nothing told which conversation session `{id}` had: its agent had no hooks"
                ),
                "start a new one, with `--resume` and the agent's own name of the conversation",
            ));
        }
        let conversation = match &kept.fork_of {
            _ if has_begun => Conversation::Resume(name),
            // Nobody has said anything in the copy yet, so that there may be none.
            Some(from) => Conversation::Fork { from, to: name },
            None => Conversation::New(name),
        };
        let blueprint = Blueprint {
            id,
            provider: session.provider,
            cwd: &session.cwd,
            args: &kept.args,
            env: &kept.env,
            env_sets: &kept.env_sets,
            billing_mode: session.billing_mode,
            dangerous: session.dangerous_mode,
            fail_closed: session.fail_closed,
            model: session.model.as_deref(),
            prompt: None,
            size: (session.pty_cols, session.pty_rows),
            conversation,
        };
        let plan = self.plan(&blueprint).await?;
        self.check_nobody_has(&blueprint).await?;
        let _place = self.take_place(id)?;
        self.store_again(&stored, &plan, by).await?;
        let stored = self.stored(id).await?;
        match self.begin(&stored, &blueprint, &plan).await {
            Ok(()) => self.get(id).await,
            Err(error) => {
                self.launch_failed(id, &error).await?;
                Err(told(id, error))
            }
        }
    }

    /// Writes down that an ended session starts again. Of two who want that, one does.
    async fn store_again(
        &self,
        stored: &Stored,
        plan: &Plan,
        by: Actor,
    ) -> Result<(), EngineError> {
        let session = &stored.session;
        let id = session.id;
        let again = sessions::Again {
            secret_hash: plan.credential.hash(),
            scrubbed_env: plan.scrubbed.clone(),
            channel: plan.channel,
            at: self.parts.clock.now(),
        };
        let payload = json!({
            "by": by.to_string(),
            "conversation": session.provider_session_id,
            "dangerousMode": session.dangerous_mode,
            "channel": plan.channel,
            "sandbox": plan.mode.map(Mode::sandbox),
            "approvals": plan.mode.map(Mode::approvals),
        });
        let session = session.clone();
        let write = move |tx: &codepiper_store::Transaction<'_>, _| {
            if sessions::set_starting_again(tx, id, &again)? {
                forget(tx, id)?;
                audit::started(tx, &session, by, again.at)
            } else {
                Err(StoreError::NotFound)
            }
        };
        let events = &self.parts.events;
        let stored = events.emit_with(id, EventSource::User, "SessionResumed", payload, write);
        match stored.await {
            Ok(_) => Ok(()),
            Err(error) => {
                let now = self.stored(id).await?.session;
                Err(if now.status.is_live() {
                    is_live(&now)
                } else {
                    error
                })
            }
        }
    }
}

fn is_live(session: &Session) -> EngineError {
    let (id, status) = (session.id, session.status.as_str());
    EngineError::conflict_with_hint(
        LIVE,
        format!("session `{id}` is {status}; only one that has ended can be resumed"),
        "`codepiper attach` shows it",
    )
}
