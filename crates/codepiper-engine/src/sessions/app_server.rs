use codepiper_model::{Channel, EventSource, ProviderId};
use codepiper_providers::codex::Shared;
use codepiper_providers::codex::rpc::Thread;
use codepiper_store::sessions;
use codepiper_tmux::Pane;
use serde_json::json;

use super::SessionManager;
use super::launch::{FAILURE_FILE, SPEC_FILE};
use super::plan::{Blueprint, Plan};
use crate::EngineError;
use crate::codex::{self, Place};

impl SessionManager {
    /// Starts the app-server beside a terminal that waits for it, makes the conversation there, and
    /// lets the terminal begin. On failure nothing is left running.
    pub(super) async fn share(
        &self,
        blueprint: &Blueprint<'_>,
        shared: &Shared,
        pane: &Pane,
    ) -> Result<(), EngineError> {
        let shared = self.share_with(blueprint, shared, pane).await;
        if shared.is_err() {
            self.clear_up(blueprint.id, pane.pid(), pane.server_pid())
                .await;
            pane.kill_server().await;
        }
        shared
    }

    async fn share_with(
        &self,
        blueprint: &Blueprint<'_>,
        shared: &Shared,
        pane: &Pane,
    ) -> Result<(), EngineError> {
        let id = blueprint.id;
        let config = &self.parts.config;
        let dir = config.session_dir(id);
        let place = Place {
            program: &config.program,
            dir: &dir,
        };
        let name = format!("codepiper {}", id.short());
        let begun = codex::start(pane, shared, place, blueprint.conversation, &name).await?;
        // Before the terminal can say anything in it.
        self.note_thread(id, &begun.thread).await?;
        let argv = shared.terminal(&begun.thread.id, &begun.successors);
        let (spec, failure) = (dir.join(SPEC_FILE), dir.join(FAILURE_FILE));
        codex::let_begin(&spec, argv, &shared.cwd, failure).await
    }

    /// Writes down that a session goes without the app-server that its agent could have, and why.
    pub(super) async fn note_fallback(
        &self,
        blueprint: &Blueprint<'_>,
        plan: &Plan,
    ) -> Result<(), EngineError> {
        if blueprint.provider != ProviderId::Codex || plan.channel == Channel::AppServer {
            return Ok(());
        }
        let reason = if self.parts.settings.get().codex_app_server {
            "version"
        } else {
            "setting"
        };
        let payload = json!({
            "channel": plan.channel, "reason": reason, "version": plan.version,
        });
        let events = &self.parts.events;
        let told = events.emit(
            blueprint.id,
            EventSource::Daemon,
            "AppServerMissing",
            payload,
        );
        told.await.map(drop)
    }

    /// Stores which conversation a session has from now on.
    pub(crate) async fn note_thread(
        &self,
        id: codepiper_model::SessionId,
        thread: &Thread,
    ) -> Result<(), EngineError> {
        let path = thread.path.clone().ok_or_else(|| {
            EngineError::internal("Codex does not say where it writes the conversation down")
        })?;
        let payload = json!({ "conversation": thread.id, "transcript": path });
        let (conversation, at) = (thread.id.clone(), self.parts.clock.now());
        let transcript = path.to_string_lossy().into_owned();
        let write = move |tx: &codepiper_store::Transaction<'_>, _| {
            sessions::set_conversation(tx, id, &conversation, &transcript, at)
        };
        let events = &self.parts.events;
        events
            .emit_with(id, EventSource::Daemon, "ConversationBegan", payload, write)
            .await?;
        self.note_conversation(id, &thread.id, &path);
        Ok(())
    }
}
