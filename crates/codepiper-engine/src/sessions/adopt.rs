use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{Activity, EventSource, Exit, ExitReason, Session, SessionId, Status};
use codepiper_store::sessions::{self, Stored};
use codepiper_tmux::{Pane, PaneOptions, Presence, Ring, Server, TmuxError};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::launch::SPEC_FILE;
use super::{Live, SessionManager, Subject};
use crate::process::start_environment;
use crate::{EngineError, codex};

/// How long the start of the daemon waits for a session's server; one that takes longer is tried
/// again while the daemon already serves.
const PATIENCE: Duration = Duration::from_secs(3);

/// Between attempts to reach a server that does not answer.
const RETRY_PAUSE: Duration = Duration::from_secs(5);

enum Found {
    Adopted,
    Ended,
    Unknown,
}

impl SessionManager {
    /// Takes up every session that an earlier daemon left. Only a server with our own tag is
    /// ours, only a server that is certainly gone makes a session ended, and nothing is killed.
    pub(crate) async fn adopt_all(&self) -> Result<(), EngineError> {
        let rows = self.parts.store.read(sessions::live).await?;
        let expected = rows.iter().map(|stored| stored.session.id).collect();
        let mut attempts = JoinSet::new();
        for stored in rows {
            let manager = self.clone();
            attempts.spawn(async move { manager.adopt_patiently(stored).await });
        }
        while let Some(result) = attempts.join_next().await {
            if let Err(error) = result {
                tracing::error!(%error, "an adoption failed");
            }
        }
        self.note_lost(expected).await
    }

    /// Takes up a session whose tmux server did not answer.
    pub async fn recover(&self, id: SessionId) -> Result<Session, EngineError> {
        let stored = self.stored(id).await?;
        if self.live_map().contains_key(&id) {
            return self.get(id).await;
        }
        let found = if stored.session.status.is_live() {
            timeout(PATIENCE, self.adopt(&stored)).await
        } else {
            Ok(Ok(Found::Ended))
        };
        match found {
            Ok(Ok(Found::Adopted)) => self.get(id).await,
            Ok(Ok(Found::Ended)) => Err(EngineError::conflict_with_hint(
                "session_ended",
                format!("session `{id}` has no terminal any more"),
                "`codepiper resume` starts its agent again, with the same conversation",
            )),
            Ok(Ok(Found::Unknown)) | Err(_) => Err(EngineError::conflict_with_hint(
                "session_unreachable",
                format!("the tmux server of session `{id}` does not answer"),
                "it is tried again every few seconds; `codepiper kill` ends it",
            )),
            Ok(Err(error)) => Err(error),
        }
    }

    async fn adopt_patiently(&self, stored: Stored) {
        let id = stored.session.id;
        let first = timeout(PATIENCE, self.adopt(&stored)).await;
        match first {
            Ok(Ok(Found::Adopted | Found::Ended)) => return,
            Ok(Err(error)) => tracing::error!(session = %id, %error, "cannot adopt"),
            Ok(Ok(Found::Unknown)) | Err(_) => {
                tracing::warn!(session = %id, "its tmux server does not answer; trying on");
            }
        }
        let manager = self.clone();
        let stop = self.parts.stop.clone();
        self.parts.tasks.spawn(async move {
            let again = async {
                loop {
                    sleep(RETRY_PAUSE).await;
                    // Somebody may have ended it meanwhile.
                    let row = manager.stored(id).await;
                    let is_live = row.is_ok_and(|row| row.session.status.is_live());
                    let found = if is_live {
                        manager.adopt(&stored).await
                    } else {
                        return;
                    };
                    if matches!(found, Ok(Found::Adopted | Found::Ended)) {
                        return;
                    }
                }
            };
            tokio::select! {
                () = again => {}
                () = stop.cancelled() => {}
            }
        });
    }

    async fn adopt(&self, stored: &Stored) -> Result<Found, EngineError> {
        let session = &stored.session;
        let id = session.id;
        let server = Server::new(self.tmux()?.clone(), stored.socket.clone(), id.tmux_name());
        match server.presence() {
            Presence::Unknown => return Ok(Found::Unknown),
            Presence::Absent => {
                self.clear_up(id, None, None).await;
                server.remove_socket();
                self.note_gone(session, "the tmux server was gone when the daemon started")
                    .await?;
                return Ok(Found::Ended);
            }
            Presence::Present => {}
        }
        let size = (session.pty_cols, session.pty_rows);
        let options = PaneOptions {
            size,
            ring_cap: Ring::CAP,
        };
        match Pane::open(server.clone(), &self.tag(id), options).await {
            Ok(pane) => {
                self.take_up(stored, pane).await?;
                Ok(Found::Adopted)
            }
            Err(TmuxError::Foreign) if session.status == Status::Starting => {
                // A server without its session carries our name, and only that is ended.
                self.clear_up(id, None, None).await;
                server.remove_socket();
                self.note_gone(session, "the daemon was killed while it was being started")
                    .await?;
                Ok(Found::Ended)
            }
            Err(TmuxError::Foreign) => {
                self.note_gone(session, "another server listens on its tmux socket")
                    .await?;
                Ok(Found::Ended)
            }
            Err(error) => {
                tracing::warn!(session = %id, %error, "cannot attach");
                Ok(Found::Unknown)
            }
        }
    }

    async fn take_up(&self, stored: &Stored, pane: Pane) -> Result<(), EngineError> {
        let session = &stored.session;
        let id = session.id;
        if codex::is_waiting(&self.parts.config.session_dir(id).join(SPEC_FILE)) {
            // Nobody will tell its terminal any more what to run.
            self.clear_up(id, pane.pid(), pane.server_pid()).await;
            pane.kill_server().await;
            let why = "the daemon was killed while it was being started";
            return self.note_gone(session, why).await;
        }
        let payload = json!({ "pid": pane.pid() });
        self.parts
            .events
            .emit(id, EventSource::Daemon, "SessionAdopted", payload)
            .await?;
        let activity = Activity::unknown(self.parts.clock.now());
        let running = session.status == Status::Running;
        let environment = pane.pid().map(start_environment).unwrap_or_default();
        // Where that cannot be read, its variables are judged by their names like all others.
        let sets = self.kept(id).map(|kept| kept.env_sets).unwrap_or_default();
        let secret = self.parts.env_sets.names(&sets).await?;
        let subject = Subject::new(stored, &environment, &secret);
        let live = Live::new(id, subject, pane, activity, running);
        let live = Arc::new(live);
        self.live_map().insert(id, Arc::clone(&live));
        self.supervise(live);
        Ok(())
    }

    async fn note_gone(&self, session: &Session, why: &str) -> Result<(), EngineError> {
        let id: SessionId = session.id;
        // A session without any sign of life was being started when the daemon was killed.
        let reason = match session.status {
            Status::Starting => ExitReason::LaunchFailed,
            _ => ExitReason::TmuxLost,
        };
        let at = self.parts.clock.now();
        let exit = Exit {
            reason,
            code: None,
            signal: None,
            detail: Some(why.to_owned()),
            at,
        };
        self.store_exit(id, &exit, None).await.map(drop)
    }
}
