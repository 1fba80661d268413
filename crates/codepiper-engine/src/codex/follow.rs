//! What the app-server of a session asks and tells, for as long as the session lives.

use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{ApprovalId, ApprovalStatus, DecisionKind, EventSource};
use codepiper_providers::codex::rpc::{
    Approval, Decision, Item, ItemState, Message, Notice, RequestId, Status, Thread, thread_name,
};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{Connection, ConnectionError, connect};
use super::desk::{Asked, Desk};
use super::request::report;
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
        loop {
            let overdue = desk.overdue();
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
        let notice = match message {
            Message::Approval(approval) => {
                self.ask(approval, connection, desk);
                return Ok(());
            }
            Message::Notice(notice) => notice,
            // Another client answers, or nobody waits for it.
            _ => return Ok(()),
        };
        match notice {
            Notice::RequestResolved(_, id) => self.resolved(&id, desk).await,
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

    /// Answers a request by the rules, or once a person has answered it.
    fn ask(&self, approval: Approval, connection: &Connection, desk: &mut Desk) {
        // What cannot be read stays with the dialog in the terminal.
        let Some(tool) = &approval.tool else { return };
        let report = report(self.live.id, &self.live.subject, &approval, tool);
        let asked = Asked {
            turn_id: approval.turn_id.clone(),
            item_id: approval.item_id.clone(),
            delivery_id: report.delivery_id.clone(),
        };
        desk.asked.insert(approval.id.clone(), asked);
        let (hooks, subject) = (self.hooks.clone(), Arc::clone(&self.live.subject));
        let (connection, session) = (connection.clone(), self.live.id);
        desk.answers.spawn(async move {
            let decision = match hooks.ask(&subject, report).await {
                Ok(reply) => reply.decision,
                Err(error) => {
                    tracing::warn!(%session, %error, "a request stays with the terminal");
                    return;
                }
            };
            let decision = match decision {
                DecisionKind::Allow => Decision::Accept,
                DecisionKind::Deny => Decision::Decline,
                DecisionKind::Ask | DecisionKind::None => return,
            };
            // Without a connection it is asked again.
            drop(
                connection
                    .answer(approval.answer(decision).to_string())
                    .await,
            );
        });
    }

    /// A request is answered. Where that was not us, it was the terminal, or nobody asks any more.
    async fn resolved(&self, id: &RequestId, desk: &mut Desk) {
        let Some(asked) = desk.asked.remove(id) else {
            return;
        };
        let found = self.hooks.parts.approvals.of_delivery(&asked.delivery_id);
        match found.await {
            Ok(Some(approval)) if approval.status == ApprovalStatus::Pending => {
                if desk.gone(asked, approval.id) {
                    self.settle(vec![approval.id], Settlement::NoInTerminal)
                        .await;
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(session = %self.live.id, %error, "cannot read an approval");
            }
        }
    }

    async fn item_ended(&self, item: &Item, desk: &mut Desk) {
        let what = match item.state {
            ItemState::Declined => Settlement::NoInTerminal,
            ItemState::Completed | ItemState::Failed | ItemState::Open => Settlement::YesInTerminal,
        };
        self.settle(desk.of_item(&item.id), what).await;
        // Of a patch that a shell command carries no hook tells.
        let ran = match item.state {
            ItemState::Completed => true,
            ItemState::Declined => false,
            ItemState::Failed | ItemState::Open => return,
        };
        if item.tool.is_none() || item.by_person {
            return;
        }
        let approvals = &self.hooks.parts.approvals;
        if let Err(error) = approvals.tool_ended(self.live.id, &item.id, ran).await {
            tracing::error!(session = %self.live.id, %error, "cannot store what became of a call");
        }
    }

    async fn settle(&self, gone: Vec<ApprovalId>, what: Settlement) {
        self.hooks.parts.approvals.settle_each(gone, what).await;
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
        self.join(&thread.id, connection, threads).await
    }
}
