use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{
    ActivityState, Actor, EventSource, PromptText, Receipt, ReceiptStatus, SentPrompt, SessionId,
};
use codepiper_policy::{Stroke, TypedLine};
use codepiper_providers::Reading;
use codepiper_store::prompts::{self, Progress, StoredPrompt};
use codepiper_store::{StoreError, Transaction};
use codepiper_tmux::Input;
use serde_json::json;
use tokio::time::timeout;

use super::launch::PROMPT_FILE;
use super::turn::{self, transcript_len};
use super::typing::{press_enter, ready_for_text, type_text, until};
use super::{Live, SessionManager};
use crate::EngineError;

/// How long the beginning of a turn may take to be seen; one that is over sooner was not.
const TURN_SEEN: Duration = Duration::from_millis(500);

/// How long a first prompt waits for start-up dialogs to be answered.
const FIRST_PROMPT_DEADLINE: Duration = Duration::from_hours(1);

/// The longest text that is kept of a prompt that is over.
const KEPT_MAX: usize = 2000;

/// The longest name that a sender may give a prompt.
const KEY_MAX: usize = 200;

/// What a text is meant as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Words for the model: `!` and `/` mean nothing.
    #[default]
    Prompt,
    /// A slash command of the agent.
    Command,
}

/// A text for an agent.
#[derive(Clone, Debug)]
pub struct SendPrompt {
    /// The text.
    pub text: String,
    /// What it is meant as.
    pub kind: InputKind,
    /// Whether Enter follows.
    pub enter: bool,
    /// A name for it: what is sent again with the same one does not arrive twice.
    pub key: Option<String>,
    /// Whether it is typed although the agent works.
    pub steer: bool,
    /// Who sends it.
    pub by: Actor,
    /// Whether to wait until the turn is over.
    pub wait: bool,
    /// How long to wait at most.
    pub timeout: Option<Duration>,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// How far it has come.
    pub receipt: Receipt,
    /// What the agent said at the end of the turn, where that was waited for.
    pub reply: Option<String>,
}

/// A text on its way.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    /// The name of its receipt.
    pub(super) id: String,
    pub(super) text: PromptText,
    pub(super) kind: InputKind,
    pub(super) enter: bool,
    pub(super) key: Option<String>,
    /// Who sends it; nobody where the rules were asked before.
    pub(super) by: Option<Actor>,
    /// Whether it has waited, and is written down already.
    pub(super) has_waited: bool,
}

/// A text that stands in the agent's terminal, or behind it.
#[derive(Clone, Debug)]
pub(super) struct Delivered {
    pub(super) receipt: Receipt,
    /// Where the transcript ended before.
    pub(super) from: u64,
}

impl SendPrompt {
    fn delivery(&self) -> Result<Delivery, EngineError> {
        let text = self.kind.text(&self.text)?;
        if let Some(key) = &self.key
            && (key.is_empty() || key.len() > KEY_MAX || key.chars().any(char::is_control))
        {
            let message = format!("`key` is 1 to {KEY_MAX} bytes without control characters");
            return Err(EngineError::invalid("key", message));
        }
        Ok(Delivery {
            id: SessionId::random().to_string(),
            text,
            kind: self.kind,
            enter: self.enter,
            key: self.key.clone(),
            by: Some(self.by),
            has_waited: false,
        })
    }
}

impl InputKind {
    /// What a prompt was sent as.
    pub(super) const fn of(prompt: &SentPrompt) -> Self {
        if prompt.is_command {
            Self::Command
        } else {
            Self::Prompt
        }
    }

    /// The text as it is typed.
    pub(super) fn text(self, text: &str) -> Result<PromptText, EngineError> {
        let text = match self {
            Self::Prompt => PromptText::literal(text),
            Self::Command if !text.starts_with('/') => {
                return Err(EngineError::invalid(
                    "text",
                    "a slash command begins with `/`",
                ));
            }
            Self::Command if text.contains(['\n', '\r']) => {
                return Err(EngineError::invalid("text", "a slash command is one line"));
            }
            Self::Command => PromptText::command(text),
        };
        text.map_err(|error| EngineError::invalid("text", format!("`text`: {error}")))
    }
}

impl SessionManager {
    /// Gives a text to the agent and says how far it came. One that comes while the agent works
    /// waits for its turn.
    pub async fn send(&self, id: SessionId, request: SendPrompt) -> Result<Sent, EngineError> {
        let delivery = request.delivery()?;
        let live = self.live(id).await?;
        // A caller that goes away must not leave half of it in the terminal.
        let accepted = {
            let (manager, live, delivery) = (self.clone(), Arc::clone(&live), delivery.clone());
            let steer = request.steer;
            self.parts
                .tasks
                .spawn(async move { manager.accept(&live, delivery, steer).await })
        };
        let Delivered { receipt, from } = match accepted.await.map_err(EngineError::internal)?? {
            Ok(delivered) => delivered,
            Err(waiting) => return self.follow(&live, waiting, &request).await,
        };
        let may_wait = matches!(
            receipt.status,
            ReceiptStatus::Submitted | ReceiptStatus::Typed
        );
        if !request.wait || !request.enter || !may_wait {
            return Ok(Sent {
                receipt,
                reply: None,
            });
        }
        let late = late(&receipt);
        let turn = self.whole_turn(&live, receipt, from, delivery.text.as_str());
        within(request.timeout, late, turn).await
    }

    /// Waits until the turn of a prompt is over, and writes that down.
    pub(super) async fn whole_turn(
        &self,
        live: &Live,
        receipt: Receipt,
        from: u64,
        text: &str,
    ) -> Result<Sent, EngineError> {
        let sent = turn::over(live, receipt, from, text).await;
        if matches!(
            sent.receipt.status,
            ReceiptStatus::TurnDone | ReceiptStatus::Failed
        ) {
            self.advance(live, &sent.receipt, text).await?;
        }
        Ok(sent)
    }

    /// Writes down how far a prompt has come, and tells whoever waits for that.
    pub(super) async fn advance(
        &self,
        live: &Live,
        receipt: &Receipt,
        text: &str,
    ) -> Result<(), EngineError> {
        let id = receipt.id.clone();
        let progress = self.progress(live, receipt.status, receipt.reason.clone(), text);
        let write = move |tx: &Transaction<'_>| prompts::advance(tx, &id, &progress);
        self.parts.store.write(write).await?;
        live.prompts.send_modify(|changes| *changes += 1);
        Ok(())
    }

    fn progress(
        &self,
        live: &Live,
        status: ReceiptStatus,
        reason: Option<String>,
        text: &str,
    ) -> Progress {
        Progress {
            status,
            reason,
            text: Some(kept(live, text)),
            at: self.parts.clock.now(),
        }
    }

    /// Types a prompt that was too long for an argument, once the agent is ready for it.
    pub(super) async fn type_first_prompt(&self, live: Arc<Live>) {
        let ready = |r: &Reading| r.has_box && r.state == ActivityState::Idle;
        let waited = until(&live, FIRST_PROMPT_DEADLINE, ready).await;
        let result = match waited {
            Some(_) => self.deliver_waiting(&live).await,
            None => Err(EngineError::conflict(
                "not_ready",
                "the agent never showed its prompt",
            )),
        };
        if let Err(error) = result {
            tracing::error!(session = %live.id, %error, "the first prompt did not arrive");
            let payload = json!({ "error": error.to_string() });
            let events = &self.parts.events;
            drop(
                events
                    .emit(live.id, EventSource::Daemon, "PromptFailed", payload)
                    .await,
            );
        }
    }

    async fn deliver_waiting(&self, live: &Live) -> Result<(), EngineError> {
        let file = self.parts.config.session_dir(live.id).join(PROMPT_FILE);
        let text = fs_err::read_to_string(&file)?;
        let prompt = PromptText::literal(&text).map_err(EngineError::internal)?;
        // Before it is typed: a prompt that is typed twice does more harm than one that a person
        // has to repeat, and its event shows how far it came.
        fs_err::remove_file(&file)?;
        // It was judged when the session was made.
        let delivery = Delivery {
            id: SessionId::random().to_string(),
            text: prompt,
            kind: InputKind::Prompt,
            enter: true,
            key: None,
            by: None,
            has_waited: false,
        };
        let input = live.pane.input().await;
        self.deliver(live, input, &delivery).await.map(drop)
    }

    /// Pastes, enters, and makes sure that both arrived. The rules are asked about what somebody
    /// sends.
    pub(super) async fn deliver(
        &self,
        live: &Live,
        input: Input<'_>,
        delivery: &Delivery,
    ) -> Result<Delivered, EngineError> {
        let Delivery { text, enter, .. } = delivery;
        ready_for_text(live, &input).await?;
        *live.typed() = TypedLine::empty();
        let mut judged = None;
        let by = delivery.by.filter(|_| *enter);
        // Of a command the agent may make another one, which shows only when it stands there.
        let is_command = delivery.kind == InputKind::Command;
        if let Some(by) = by.filter(|_| !is_command) {
            let texts = [text.as_str().to_owned()];
            judged = self.judge_text(live.id, &live.subject, &texts, by).await?;
        }
        // From here on whatever the transcript says of this text is about this prompt.
        let from = transcript_len(live.transcript().as_deref());
        self.begin_delivery(live, delivery, from).await?;
        let queued = live.read_screen().state == ActivityState::Working;
        let known = live.activity();
        let failure = type_text(live, &input, text).await?;
        live.typed().take(Stroke::Text(text.as_str()));
        if let Some(by) = by.filter(|_| is_command && failure.is_none()) {
            judged = self.judge_command(live, &input, delivery, by).await?;
        }
        let (status, reason) = match failure {
            Some(why) => (ReceiptStatus::Failed, Some(why.to_owned())),
            None if !enter => (ReceiptStatus::Typed, None),
            // A busy agent keeps it for later; of a slash command no turn is to be seen.
            None if queued => press_enter(live, &input, text, |r| r.has_box && r.box_empty).await?,
            None if is_command => {
                press_enter(live, &input, text, |r| r.has_box && r.box_empty).await?
            }
            None => press_enter(live, &input, text, |r| r.state == ActivityState::Working).await?,
        };
        let (status, reason) = match status {
            ReceiptStatus::Submitted if queued => (ReceiptStatus::Typed, Some("queued".to_owned())),
            status => (status, reason),
        };
        if *enter {
            *live.typed() = match status {
                ReceiptStatus::Failed => TypedLine::unknown(),
                _ => TypedLine::empty(),
            };
        }
        let id = delivery.id.clone();
        let payload = json!({ "receipt": id, "status": status, "reason": reason });
        let at = self.parts.clock.now();
        let judged = judged.filter(|_| status != ReceiptStatus::Failed);
        let progress = self.progress(live, status, reason.clone(), text.as_str());
        let row = id.clone();
        let also = move |tx: &Transaction<'_>, _| {
            prompts::advance(tx, &row, &progress)?;
            judged.map_or(Ok(()), |line| line.submitted(tx, at))
        };
        let events = &self.parts.events;
        events
            .emit_with(live.id, EventSource::Daemon, "PromptReceipt", payload, also)
            .await?;
        // Only now: whoever types next finds out how far this has come.
        drop(input);
        if status == ReceiptStatus::Submitted {
            // Whoever then waits for `idle` means the end of this turn.
            let mut activity = live.activity.subscribe();
            drop(timeout(TURN_SEEN, activity.wait_for(|now| *now != known)).await);
        }
        live.prompts.send_modify(|changes| *changes += 1);
        if status == ReceiptStatus::Failed {
            return Err(not_submitted(&reason.unwrap_or_default()));
        }
        Ok(Delivered {
            receipt: Receipt { id, status, reason },
            from,
        })
    }

    /// Writes down that a text begins to be typed, before its first byte is.
    async fn begin_delivery(
        &self,
        live: &Live,
        delivery: &Delivery,
        from: u64,
    ) -> Result<(), EngineError> {
        let text = &delivery.text;
        let clean = live.subject.redactor.redact_text(text.as_str());
        let excerpt: String = clean.chars().take(200).collect();
        let payload =
            json!({ "receipt": delivery.id, "bytes": text.as_str().len(), "excerpt": excerpt });
        let stored = StoredPrompt {
            prompt: self.row_of(live, delivery, &kept(live, text.as_str())),
            transcript_from: Some(from),
        };
        let (enter, has_waited) = (delivery.enter, delivery.has_waited);
        let write = move |tx: &Transaction<'_>, _| {
            let goes_on = if has_waited {
                prompts::begin(tx, &stored.prompt.id, from)?
            } else {
                !enter || prompts::insert(tx, &stored)?
            };
            // An error takes the event back: somebody has cancelled it.
            if goes_on {
                Ok(())
            } else {
                Err(StoreError::NotFound)
            }
        };
        let events = &self.parts.events;
        let begun = events.emit_with(live.id, EventSource::User, "PromptAccepted", payload, write);
        begun.await.map(drop)
    }

    pub(super) fn row_of(&self, live: &Live, delivery: &Delivery, text: &str) -> SentPrompt {
        let now = self.parts.clock.now();
        SentPrompt {
            id: delivery.id.clone(),
            session_id: live.id,
            key: delivery.key.clone(),
            text: text.to_owned(),
            is_command: delivery.kind == InputKind::Command,
            sent_by: delivery
                .by
                .map_or_else(|| "owner".to_owned(), |by| by.to_string()),
            status: ReceiptStatus::Accepted,
            reason: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Waits for a turn, but not longer than the caller wants to.
pub(super) async fn within(
    patience: Option<Duration>,
    late: Receipt,
    turn: impl Future<Output = Result<Sent, EngineError>>,
) -> Result<Sent, EngineError> {
    let Some(patience) = patience else {
        return turn.await;
    };
    timeout(patience, turn).await.unwrap_or(Ok(Sent {
        receipt: late,
        reply: None,
    }))
}

pub(super) fn late(receipt: &Receipt) -> Receipt {
    Receipt {
        reason: Some("timeout".to_owned()),
        ..receipt.clone()
    }
}

pub(super) fn not_submitted(reason: &str) -> EngineError {
    EngineError::conflict_with_hint(
        "not_submitted",
        format!("the prompt did not arrive: {reason}"),
        "look at the terminal with `codepiper attach` or `codepiper tail`",
    )
}

/// What is kept of a text that needs not be typed any more.
fn kept(live: &Live, text: &str) -> String {
    let clean = live.subject.redactor.redact_text(text);
    let end = clean.floor_char_boundary(KEPT_MAX);
    clean[..end].to_owned()
}
