//! Prompts that wait until the agent is done with what it does: in order, and never typed into a
//! dialog.

use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{
    ActivityState, Actor, EventSource, ExitReason, Receipt, ReceiptStatus, SentPrompt, SessionId,
    Trouble,
};
use codepiper_store::prompts::{self, StoredPrompt};
use codepiper_store::{Connection, Transaction};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::timeout;

use super::deliver::{Delivered, Delivery, not_submitted};
use super::half_typed::DAEMON_STOPPED;
use super::prompt::{late, within};
use super::turn::read_turn;
use super::{InputKind, Live, SendPrompt, Sent, SessionManager};
use crate::EngineError;

/// Prompts of one session that may wait at the same time.
const WAITING_MAX: usize = 1000;

/// How long it takes until prompts are tried again that could not be served.
const AGAIN: Duration = Duration::from_secs(1);

/// Why a prompt waits.
const QUEUED: &str = "queued";

impl SessionManager {
    /// Types a text at once, or lets it wait: while the agent works, and behind others that wait.
    pub(super) async fn accept(
        &self,
        live: &Live,
        delivery: Delivery,
        steer: bool,
    ) -> Result<Result<Delivered, StoredPrompt>, EngineError> {
        // While this is held nobody else finds the agent idle.
        let input = live.pane.input().await;
        if let Some(before) = self.sent_before(live.id, delivery.key.clone()).await? {
            return Ok(Err(before));
        }
        let waiting = self.waiting(live.id).await?;
        let reading = live.read_screen();
        let is_busy = reading.state == ActivityState::Working && !reading.takes_prompt();
        if !delivery.enter || steer || !is_busy && waiting == 0 {
            return self.deliver(live, input, &delivery).await.map(Ok);
        }
        if waiting >= WAITING_MAX {
            return Err(EngineError::TooMany {
                code: "too_many_prompts",
                message: format!(
                    "{WAITING_MAX} prompts wait in session `{}` already",
                    live.id
                ),
            });
        }
        let text = delivery.text.as_str();
        let by = delivery.by.unwrap_or(Actor::Owner);
        self.refuse_early(live.id, &live.subject, text, by).await?;
        let mut stored = StoredPrompt {
            prompt: self.row_of(live, &delivery, text),
            transcript_from: None,
        };
        stored.prompt.reason = Some(QUEUED.to_owned());
        let payload = json!({ "receipt": delivery.id, "ahead": waiting, "bytes": text.len() });
        let row = stored.clone();
        let write = move |tx: &Transaction<'_>, _| prompts::insert(tx, &row).map(drop);
        let events = &self.parts.events;
        events
            .emit_with(live.id, EventSource::User, "PromptQueued", payload, write)
            .await?;
        live.prompts.send_modify(|changes| *changes += 1);
        Ok(Err(stored))
    }

    /// What was sent with this key before.
    async fn sent_before(
        &self,
        id: SessionId,
        key: Option<String>,
    ) -> Result<Option<StoredPrompt>, EngineError> {
        let Some(key) = key else { return Ok(None) };
        let read = move |db: &Connection| prompts::of_key(db, id, &key);
        Ok(self.parts.store.read(read).await?)
    }

    async fn waiting(&self, id: SessionId) -> Result<usize, EngineError> {
        let open = self
            .parts
            .store
            .read(move |db| prompts::open(db, id))
            .await?;
        Ok(open
            .iter()
            .filter(|stored| stored.prompt.is_waiting())
            .count())
    }

    /// Says how far a prompt has come that was accepted before, and waits for its turn where that
    /// is wanted.
    pub(super) async fn follow(
        &self,
        live: &Live,
        stored: StoredPrompt,
        request: &SendPrompt,
    ) -> Result<Sent, EngineError> {
        let receipt = receipt_of(&stored.prompt);
        if !request.wait {
            return Ok(Sent {
                receipt,
                reply: None,
            });
        }
        let text = request.kind.text(&request.text)?;
        let late = late(&receipt);
        let turn = self.turn_of_waiting(live, &receipt.id, text.as_str());
        within(request.timeout, late, turn).await
    }

    async fn turn_of_waiting(
        &self,
        live: &Live,
        id: &str,
        text: &str,
    ) -> Result<Sent, EngineError> {
        let mut changes = live.prompts.subscribe();
        let mut exit = live.exit.subscribe();
        loop {
            changes.borrow_and_update();
            let has_ended = exit.borrow_and_update().is_some();
            let stored = self.stored_prompt(live.id, id).await?;
            let receipt = receipt_of(&stored.prompt);
            let from = stored.transcript_from.unwrap_or(0);
            match receipt.status {
                ReceiptStatus::Submitted | ReceiptStatus::Typed => {
                    return self.whole_turn(live, receipt, from, text).await;
                }
                ReceiptStatus::TurnDone => {
                    let turn = read_turn(live.transcript().as_deref(), from, text).await;
                    let reply = turn.reply;
                    return Ok(Sent { receipt, reply });
                }
                ReceiptStatus::Failed => {
                    let reason = receipt.reason.as_deref().unwrap_or_default();
                    if Trouble::kind_of_reason(reason).is_none() {
                        return Err(not_submitted(reason));
                    }
                    let reply = None;
                    return Ok(Sent { receipt, reply });
                }
                ReceiptStatus::Accepted if has_ended => {
                    let reason = Some("session_ended".to_owned());
                    return Ok(Sent {
                        receipt: Receipt { reason, ..receipt },
                        reply: None,
                    });
                }
                ReceiptStatus::Accepted => {}
            }
            tokio::select! {
                _ = changes.changed() => {}
                _ = exit.changed() => {}
            }
        }
    }

    /// Serves the prompts of a session until it ends.
    pub(super) async fn serve_prompts(&self, live: Arc<Live>) {
        let served = async {
            let mut changes = live.prompts.subscribe();
            loop {
                changes.borrow_and_update();
                let served = self.serve_next(&live, &mut changes).await;
                if let Err(error) = served {
                    tracing::error!(session = %live.id, %error, "cannot serve its prompts");
                    // What could not be stored may be a moment later.
                    drop(timeout(AGAIN, changes.changed()).await);
                }
            }
        };
        tokio::select! {
            () = served => {}
            exit = live.ended() => {
                let reason = exit.map(|exit| exit.reason);
                // The turn is over with its agent. What waits may go on with a session that was
                // lost; one that somebody ended is over.
                let was_ended = matches!(reason, Some(ExitReason::Stopped | ExitReason::Killed));
                let which = |it: &SentPrompt| was_ended || !it.is_waiting();
                drop(self.give_up(&live, "session_ended", which).await);
            }
        }
    }

    /// Brings the prompts that are not over one step further, or waits until there is something
    /// new of them.
    async fn serve_next(
        &self,
        live: &Live,
        changes: &mut watch::Receiver<u64>,
    ) -> Result<(), EngineError> {
        let id = live.id;
        let read = move |db: &Connection| prompts::open(db, id);
        let open = self.parts.store.read(read).await?;
        let (waiting, under_way): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|it| it.prompt.is_waiting());
        if let Some(half) = waiting.iter().find(|it| it.transcript_from.is_some()) {
            // Whoever types it holds the terminal, unless the daemon was killed at that.
            drop(live.pane.input().await);
            return self.settle_half_typed(live, half).await;
        }
        let turn = async {
            let Some(first) = under_way.first() else {
                return std::future::pending().await;
            };
            let (receipt, from) = (receipt_of(&first.prompt), first.transcript_from);
            let sent = self.whole_turn(live, receipt, from.unwrap_or(0), &first.prompt.text);
            if sent.await?.receipt.status != ReceiptStatus::TurnDone {
                past_the_dialog(live).await;
            }
            Ok(())
        };
        let next = async {
            match waiting.first() {
                None => std::future::pending().await,
                Some(next) => {
                    free(live).await;
                    &next.prompt
                }
            }
        };
        tokio::select! {
            over = turn => over,
            next = next => self.deliver_next(live, next).await,
            _ = changes.changed() => Ok(()),
        }
    }

    async fn deliver_next(&self, live: &Live, prompt: &SentPrompt) -> Result<(), EngineError> {
        let input = live.pane.input().await;
        if !live.read_screen().takes_prompt() {
            return Ok(());
        }
        let kind = InputKind::of(prompt);
        // It may have been edited or cancelled meanwhile.
        let Some(prompt) = self.still_waiting(live.id, &prompt.id).await? else {
            return Ok(());
        };
        let delivery = Delivery {
            id: prompt.id.clone(),
            text: kind.text(&prompt.text)?,
            kind,
            enter: true,
            key: None,
            by: Some(Actor::Owner),
            has_waited: true,
        };
        let Err(error) = self.deliver(live, input, &delivery).await else {
            return Ok(());
        };
        if matches!(
            &error,
            EngineError::Conflict {
                code: "dialog_open",
                ..
            }
        ) {
            return Ok(());
        }
        if error == EngineError::DiskFull {
            return Err(error);
        }
        let reason = match error {
            EngineError::Internal(what) => {
                tracing::error!(session = %live.id, what, "cannot deliver a prompt");
                "`codepiper daemon logs` says why".to_owned()
            }
            error => error.to_string(),
        };
        let failed = Receipt {
            id: prompt.id,
            status: ReceiptStatus::Failed,
            reason: Some(reason),
        };
        self.advance(live, &failed, &prompt.text).await
    }

    async fn still_waiting(
        &self,
        session: SessionId,
        id: &str,
    ) -> Result<Option<SentPrompt>, EngineError> {
        let stored = self.stored_prompt(session, id).await?;
        let waits = stored.prompt.is_waiting() && stored.transcript_from.is_none();
        Ok(waits.then_some(stored.prompt))
    }

    /// A prompt that was being typed when a daemon was killed: what the agent's transcript says of
    /// it counts, and it is never typed twice.
    async fn settle_half_typed(&self, live: &Live, half: &StoredPrompt) -> Result<(), EngineError> {
        let (prompt, from) = (&half.prompt, half.transcript_from.unwrap_or(0));
        if self.stored_prompt(live.id, &prompt.id).await?.prompt.status != ReceiptStatus::Accepted {
            return Ok(());
        }
        let turn = read_turn(live.transcript().as_deref(), from, &prompt.text).await;
        let (status, reason) = if turn.prompted {
            (ReceiptStatus::Submitted, None)
        } else {
            (ReceiptStatus::Failed, Some(DAEMON_STOPPED.to_owned()))
        };
        let id = prompt.id.clone();
        self.advance(live, &Receipt { id, status, reason }, &prompt.text)
            .await
    }

    async fn give_up(
        &self,
        live: &Live,
        reason: &str,
        which: impl Fn(&SentPrompt) -> bool,
    ) -> Result<(), EngineError> {
        let id = live.id;
        let open = self.parts.store.read(move |db| prompts::open(db, id));
        let open = open.await?.into_iter();
        for stored in open.filter(|stored| which(&stored.prompt)) {
            let failed = Receipt {
                id: stored.prompt.id,
                status: ReceiptStatus::Failed,
                reason: Some(reason.to_owned()),
            };
            self.advance(live, &failed, &stored.prompt.text).await?;
        }
        Ok(())
    }

    pub(super) async fn stored_prompt(
        &self,
        session: SessionId,
        id: &str,
    ) -> Result<StoredPrompt, EngineError> {
        let name = id.to_owned();
        let read = move |db: &Connection| prompts::get(db, session, &name);
        self.parts
            .store
            .read(read)
            .await?
            .ok_or_else(|| no_prompt(id))
    }
}

/// Waits until a prompt would begin a turn.
async fn free(live: &Live) {
    let mut changes = live.pane.changes();
    loop {
        let reading = live.read_screen();
        if reading.takes_prompt() {
            // The screen may be a moment ahead of what else says that the turn is over.
            live.known_as(reading.state).await;
            if live.read_screen().takes_prompt() {
                return;
            }
        }
        if changes.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Waits until the dialog is gone that keeps a turn from going on.
async fn past_the_dialog(live: &Live) {
    let mut changes = live.pane.changes();
    while live.read_screen().is_dialog() {
        if changes.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

fn receipt_of(prompt: &SentPrompt) -> Receipt {
    Receipt {
        id: prompt.id.clone(),
        status: prompt.status,
        reason: prompt.reason.clone(),
    }
}

fn no_prompt(id: &str) -> EngineError {
    let shown: String = id.chars().take(100).collect();
    EngineError::NotFound {
        code: "prompt_not_found",
        message: format!("there is no prompt `{shown}` in this session"),
    }
}
