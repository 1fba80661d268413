//! What the app-server of a session asks and tells, for as long as the session lives.

use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{EventSource, StatusLine};
use codepiper_providers::codex::rpc::{Message, Notice, Status, Thread, thread_name};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{Connection, ConnectionError, connect};
use super::desk::Desk;
use super::start::{Place, run};
use super::threads::Threads;
use crate::approvals::Settlement;
use crate::hooks::Hooks;
use crate::sessions::Live;

/// Between two attempts to connect: the first pause, doubled until it is the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Follows the app-server of each session that is handed over.
pub(crate) async fn follow_all(
    hooks: Hooks,
    mut sessions: mpsc::UnboundedReceiver<Arc<Live>>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    loop {
        let live = tokio::select! {
            live = sessions.recv() => live,
            () = stop.cancelled() => None,
        };
        let Some(live) = live else { return };
        let follower = Follower {
            hooks: hooks.clone(),
            live,
        };
        let stop = stop.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = follower.follow() => {}
                _ = follower.live.ended() => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

pub(super) struct Follower {
    pub(super) hooks: Hooks,
    pub(super) live: Arc<Live>,
}

impl Follower {
    async fn follow(&self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let attended = self.attend().await;
            self.live.app_server.set_connection(None);
            match attended {
                Ok(()) => pause = FIRST_PAUSE,
                Err(error) => {
                    tracing::warn!(session = %self.live.id, "the app-server {error}");
                    if matches!(error, ConnectionError::Unreachable(_)) {
                        self.serve_again().await;
                    }
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Starts the app-server anew that is gone: the terminal waits for it. What it was in the middle
    /// of is lost, the conversation is not.
    async fn serve_again(&self) {
        let live = &self.live;
        if live.asked_to_end().is_some() || live.pane.end().borrow().is_some() {
            return;
        }
        // What the one before asked, the next one does not know of.
        self.hooks.parts.approvals.nobody_waits(live.id).await;
        let config = &self.hooks.parts.config;
        let place = Place {
            program: &config.program,
            dir: &config.session_dir(live.id),
        };
        let run = run(&live.pane, place, &config.app_server_socket(live.id)).await;
        let payload = match run {
            Ok(pid) => json!({ "pid": pid }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        let events = &self.hooks.parts.events;
        let told = events.emit(live.id, EventSource::Daemon, "AppServerRestarted", payload);
        if let Err(error) = told.await {
            tracing::error!(session = %live.id, %error, "cannot store that its app-server was lost");
        }
    }

    /// Connects, and does what is asked until the connection ends.
    async fn attend(&self) -> Result<(), ConnectionError> {
        let socket = self.hooks.parts.config.app_server_socket(self.live.id);
        let (connection, mut inbox) = connect(&socket).await?;
        let mut threads = Threads::default();
        if let Some(thread) = self.live.subject.conversation() {
            self.join(&thread, &connection, &mut threads).await?;
        }
        self.join_loaded(&connection, &mut threads).await?;
        self.live
            .app_server
            .set_connection(Some(connection.clone()));
        let mut desk = Desk::default();
        desk.leftover.expect();
        loop {
            let (overdue, leftover) = (desk.overdue(), desk.leftover.look_at());
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(message) => {
                        self.take(message, &connection, &mut desk, &mut threads).await?;
                    }
                    None => return Ok(()),
                },
                Some(answered) = desk.answers.join_next() => {
                    if let Err(error) = answered {
                        tracing::error!(session = %self.live.id, %error, "an answer failed");
                    }
                }
                () = sleep_until(overdue.unwrap_or_else(Instant::now)), if overdue.is_some() => {
                    let gone = desk.gone_until(Instant::now());
                    self.settle(gone, Settlement::YesInTerminal).await;
                }
                () = sleep_until(leftover.unwrap_or_else(Instant::now)), if leftover.is_some() => {
                    self.take_leftover(&mut desk, &threads).await;
                }
            }
        }
    }

    async fn take(
        &self,
        message: Message,
        connection: &Connection,
        desk: &mut Desk,
        threads: &mut Threads,
    ) -> Result<(), ConnectionError> {
        if let Message::Notice(notice) = &message {
            self.hooks.parts.sessions.note_server(&self.live, notice);
        }
        let notice = match message {
            Message::Approval(approval) => {
                desk.opened(approval.id.clone(), approval.thread_id.clone());
                self.ask(approval, connection, desk);
                return Ok(());
            }
            Message::Question(question) => {
                desk.opened(question.id, question.thread_id);
                return Ok(());
            }
            Message::Notice(notice) => notice,
            // Another client answers, or nobody waits for it.
            _ => return Ok(()),
        };
        match notice {
            Notice::RequestResolved(thread, id) => {
                desk.closed(&id);
                if !self.is_own(&thread) {
                    desk.leftover.expect();
                }
                self.resolved(&id, desk).await;
            }
            Notice::ItemEnded(_, item) => self.item_ended(&item, desk).await,
            Notice::TurnBegan(thread, turn) => self.turn_began(&thread, &turn, threads).await,
            Notice::TurnEnded(thread, end) => {
                if end.interrupted {
                    let gone = desk.interrupted(end.id.clone());
                    self.settle(gone, Settlement::NoInTerminal).await;
                }
                self.turn_ended(&thread, &end, threads).await;
            }
            Notice::Used(thread, used) => self.used(&thread, &used, threads).await,
            Notice::Limits(limits) => {
                let told = StatusLine {
                    limits,
                    ..StatusLine::default()
                };
                self.status_line(told).await;
            }
            Notice::ModelChanged(thread, model) => {
                self.model_told(&thread, model, threads).await;
            }
            Notice::ConversationBegan(thread) => {
                self.conversation_began(&thread, connection, threads)
                    .await?;
            }
            Notice::StatusChanged(thread, status) if status != Status::Unknown => {
                self.join_inner(&thread, connection, threads).await?;
            }
            // The rest is heard of through hooks, or seen on the screen.
            _ => {}
        }
        Ok(())
    }

    /// The person went on with another conversation, as `/clear` does.
    async fn conversation_began(
        &self,
        thread: &Thread,
        connection: &Connection,
        threads: &mut Threads,
    ) -> Result<(), ConnectionError> {
        if thread.is_inner || self.live.subject.conversation().as_ref() == Some(&thread.id) {
            return Ok(());
        }
        if thread.name.is_none() {
            let name = format!("codepiper {}", self.live.id.short());
            connection.request(thread_name(&thread.id, &name)).await?;
        }
        let sessions = &self.hooks.parts.sessions;
        if let Err(error) = sessions.note_thread(self.live.id, thread).await {
            tracing::error!(session = %self.live.id, %error, "cannot store a conversation");
        }
        self.join_new(&thread.id, connection, threads).await
    }
}
