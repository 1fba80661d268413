use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{Exit, ExitReason, Session, SessionId};
use codepiper_tmux::{Key, Presence, Server};
use rustix::process::Signal;
use tokio::time::{sleep, timeout};

use super::{Live, SessionManager};
use crate::EngineError;
use crate::process::{Snapshot, end_tree, signal_tree};

/// What an agent gets to leave by itself, and its processes after SIGTERM.
const OWN_EXIT: Duration = Duration::from_secs(5);
const AFTER_TERM: Duration = Duration::from_secs(3);
const AFTER_KILL: Duration = Duration::from_secs(10);

/// What a process that was left over gets between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_millis(300);

/// Between two Ctrl-C: the first interrupts or clears, the second arms, the third leaves.
const KEY_PAUSE: Duration = Duration::from_millis(300);

impl SessionManager {
    /// Ends a session: first as a person would, then with SIGTERM, then with SIGKILL. Returns
    /// when it has ended; one that had ended already stays as it is.
    pub async fn stop(&self, id: SessionId) -> Result<Session, EngineError> {
        self.end(id, ExitReason::Stopped).await
    }

    /// Ends a session at once, with every process it started.
    pub async fn kill(&self, id: SessionId) -> Result<Session, EngineError> {
        self.end(id, ExitReason::Killed).await
    }

    /// Stops every session.
    pub(crate) async fn stop_all(&self) {
        let ids: Vec<SessionId> = self.live_map().keys().copied().collect();
        let stops: Vec<_> = ids
            .into_iter()
            .map(|id| {
                let manager = self.clone();
                tokio::spawn(async move { manager.stop(id).await })
            })
            .collect();
        for stop in stops {
            if let Ok(Err(error)) = stop.await {
                tracing::error!(%error, "cannot stop a session");
            }
        }
    }

    /// Waits, but never long, until nothing is left of a session whose end is stored: what is ended
    /// then is known by the session's name, and would be whatever is started under it meanwhile.
    pub(super) async fn cleared_up(&self, id: SessionId) {
        let live = self.live_map().get(&id).cloned();
        if let Some(live) = live
            && timeout(AFTER_KILL, live.ended()).await.is_err()
        {
            tracing::warn!(session = %id, "what it left takes long to end");
        }
    }

    async fn end(&self, id: SessionId, reason: ExitReason) -> Result<Session, EngineError> {
        let live = self.live_map().get(&id).cloned();
        let Some(live) = live else {
            let stored = self.stored(id).await?;
            if stored.session.status.is_live() {
                self.end_unreachable(id, reason, stored.socket).await?;
            }
            return self.get(id).await;
        };
        // The one who asked may leave; the end takes its course.
        let (manager, ending) = (self.clone(), Arc::clone(&live));
        let ended = self
            .parts
            .tasks
            .spawn(async move { manager.end_live(&ending, reason).await });
        ended.await.map_err(EngineError::internal)??;
        self.get(id).await
    }

    async fn end_live(&self, live: &Live, reason: ExitReason) -> Result<(), EngineError> {
        live.ask_to_end(reason);
        let (root, server) = (live.pane.pid(), live.pane.server_pid());
        let before = Snapshot::take(live.id, root, server).await;
        let ended = self.end_step_by_step(live, reason).await;
        // What hid from the search meanwhile has had its warning by now, or gets none.
        if before.signal(Signal::TERM) > 0 {
            sleep(GRACE).await;
            before.signal(Signal::KILL);
        }
        ended?;
        if live.exit.borrow().is_none() {
            return Err(EngineError::DiskFull);
        }
        Ok(())
    }

    async fn end_step_by_step(&self, live: &Live, reason: ExitReason) -> Result<(), EngineError> {
        if reason == ExitReason::Stopped {
            if leave(live).await {
                return Ok(());
            }
            self.signal(live, Signal::TERM).await;
            if timeout(AFTER_TERM, live.gone()).await.is_ok() {
                return Ok(());
            }
        }
        end_tree(live.id, live.pane.pid(), live.pane.server_pid()).await;
        if timeout(AFTER_TERM, live.gone()).await.is_ok() {
            return Ok(());
        }
        if live.pane.end().borrow().is_none() {
            // Its tmux server does not say so: then that hangs, and has nothing left to hold.
            live.pane.kill_wedged_server();
        }
        match timeout(AFTER_KILL, live.gone()).await {
            Ok(()) => Ok(()),
            Err(_) => Err(EngineError::internal(format!(
                "session {} does not die",
                live.id
            ))),
        }
    }

    async fn signal(&self, live: &Live, signal: Signal) {
        signal_tree(live.id, live.pane.pid(), live.pane.server_pid(), signal).await;
    }

    /// Ends a session whose server does not answer: its processes carry its name.
    async fn end_unreachable(
        &self,
        id: SessionId,
        reason: ExitReason,
        socket: std::path::PathBuf,
    ) -> Result<(), EngineError> {
        end_tree(id, None, None).await;
        let server = Server::new(self.tmux()?.clone(), socket, id.tmux_name());
        if server.presence() == Presence::Absent {
            server.remove_socket();
        }
        let at = self.parts.clock.now();
        let detail = Some("its tmux server did not answer".to_owned());
        let exit = Exit {
            reason,
            code: None,
            signal: None,
            detail,
            at,
        };
        self.store_exit(id, &exit, None).await.map(drop)
    }
}

/// Asks the agent to leave in the way a person does.
async fn leave(live: &Live) -> bool {
    let Ok(ctrl_c) = "ctrl+c".parse::<Key>() else {
        return false;
    };
    let press = async {
        loop {
            let input = live.pane.input().await;
            if input.keys(std::slice::from_ref(&ctrl_c)).await.is_err() {
                std::future::pending::<()>().await;
            }
            drop(input);
            sleep(KEY_PAUSE).await;
        }
    };
    let left = async {
        tokio::select! {
            () = press => {}
            () = live.gone() => {}
        }
    };
    timeout(OWN_EXIT, left).await.is_ok()
}
