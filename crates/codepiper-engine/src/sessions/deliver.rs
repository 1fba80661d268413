//! The way of a text into the agent's terminal, and how far it has come.

use std::time::Duration;

use codepiper_model::{
    ActivityState, Actor, EventSource, PromptText, Receipt, ReceiptStatus, SentPrompt,
};
use codepiper_policy::{Stroke, TypedLine};
use codepiper_store::prompts::{self, Progress, StoredPrompt};
use codepiper_store::{StoreError, Transaction};
use codepiper_tmux::Input;
use serde_json::json;
use tokio::time::timeout;

use super::turn::transcript_len;
use super::typing::{press_enter, ready_for_text, type_text};
use super::{InputKind, Live, SessionManager, images};
use crate::EngineError;

/// How long the beginning of a turn may take to be seen; one that is over sooner was not.
const TURN_SEEN: Duration = Duration::from_millis(500);

/// The longest text that is kept of a prompt that is over.
const KEPT_MAX: usize = 2000;

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

impl SessionManager {
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
        let (images, rest) = images::split(&self.parts.config, live.id, text.as_str());
        let is_said = *enter && images::can_say(live, &images);
        let failure = if is_said {
            images::say(live, &images, &rest, &delivery.id).await
        } else if images.is_empty() || !images::takes_images(live.provider) {
            type_text(live, &input, text).await?
        } else {
            match images::paste(live, &input, &images).await? {
                None => images::type_behind(live, &input, &rest).await?,
                failure => failure,
            }
        };
        live.typed().take(Stroke::Text(text.as_str()));
        if let Some(by) = by.filter(|_| is_command && failure.is_none()) {
            judged = self.judge_command(live, &input, delivery, by).await?;
        }
        let (status, reason) = match failure {
            Some(why) => (ReceiptStatus::Failed, Some(why.to_owned())),
            None if !enter => (ReceiptStatus::Typed, None),
            None if is_said => (ReceiptStatus::Submitted, None),
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
