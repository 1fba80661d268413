use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{
    ActivityState, Actor, EventSource, PromptText, Receipt, ReceiptStatus, SessionId,
};
use codepiper_policy::{Stroke, TypedLine};
use codepiper_providers::Reading;
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

impl SessionManager {
    /// Gives a text to the agent and says how far it came.
    pub async fn send(&self, id: SessionId, request: SendPrompt) -> Result<Sent, EngineError> {
        let text = match request.kind {
            InputKind::Prompt => PromptText::literal(&request.text),
            InputKind::Command if !request.text.starts_with('/') => {
                return Err(EngineError::invalid(
                    "text",
                    "a slash command begins with `/`",
                ));
            }
            InputKind::Command if request.text.contains(['\n', '\r']) => {
                return Err(EngineError::invalid("text", "a slash command is one line"));
            }
            InputKind::Command => PromptText::command(&request.text),
        };
        let text = text.map_err(|e| EngineError::invalid("text", format!("`text`: {e}")))?;
        let live = self.live(id).await?;
        let prompt = text.as_str().to_owned();
        // A caller that goes away must not leave half of it in the terminal.
        let delivery = {
            let (manager, live) = (self.clone(), Arc::clone(&live));
            let (kind, enter, by) = (request.kind, request.enter, request.by);
            self.parts
                .tasks
                .spawn(async move { manager.deliver(&live, &text, kind, enter, Some(by)).await })
        };
        let (receipt, from) = delivery.await.map_err(EngineError::internal)??;
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
        let late = Receipt {
            reason: Some("timeout".to_owned()),
            ..receipt.clone()
        };
        let turn = turn::over(&live, receipt, from, &prompt);
        match request.timeout {
            None => Ok(turn.await),
            Some(patience) => {
                let sent = timeout(patience, turn).await;
                Ok(sent.unwrap_or(Sent {
                    receipt: late,
                    reply: None,
                }))
            }
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
        self.deliver(live, &prompt, InputKind::Prompt, true, None)
            .await
            .map(drop)
    }

    /// Pastes, enters, and makes sure that both arrived. The rules are asked about what somebody
    /// sends.
    async fn deliver(
        &self,
        live: &Live,
        text: &PromptText,
        kind: InputKind,
        enter: bool,
        by: Option<Actor>,
    ) -> Result<(Receipt, u64), EngineError> {
        let receipt_id = SessionId::random().to_string();
        let clean = live.subject.redactor.redact_text(text.as_str());
        let excerpt: String = clean.chars().take(200).collect();
        let payload =
            json!({ "receipt": receipt_id, "bytes": text.as_str().len(), "excerpt": excerpt });
        let input = live.pane.input().await;
        ready_for_text(live, &input).await?;
        *live.typed() = TypedLine::empty();
        let mut judged = None;
        if let Some(by) = by.filter(|_| enter) {
            let texts = [text.as_str().to_owned()];
            judged = self.judge_text(live.id, &live.subject, &texts, by).await?;
        }
        // From here on whatever the transcript says of this text is about this prompt.
        let from = transcript_len(live.transcript().as_deref());
        let events = &self.parts.events;
        events
            .emit(live.id, EventSource::User, "PromptAccepted", payload)
            .await?;
        let queued = live.read_screen().state == ActivityState::Working;
        let known = live.activity();
        let failure = type_text(live, &input, text).await?;
        live.typed().take(Stroke::Text(text.as_str()));
        let (status, reason) = match failure {
            Some(why) => (ReceiptStatus::Failed, Some(why.to_owned())),
            None if !enter => (ReceiptStatus::Typed, None),
            // A busy agent keeps it for later; of a slash command no turn is to be seen.
            None if queued => press_enter(live, &input, text, |r| r.has_box && r.box_empty).await?,
            None if kind == InputKind::Command => {
                press_enter(live, &input, text, |r| r.has_box && r.box_empty).await?
            }
            None => press_enter(live, &input, text, |r| r.state == ActivityState::Working).await?,
        };
        let (status, reason) = match status {
            ReceiptStatus::Submitted if queued => (ReceiptStatus::Typed, Some("queued".to_owned())),
            status => (status, reason),
        };
        if enter {
            *live.typed() = match status {
                ReceiptStatus::Failed => TypedLine::unknown(),
                _ => TypedLine::empty(),
            };
        }
        drop(input);
        if status == ReceiptStatus::Submitted {
            // Whoever then waits for `idle` means the end of this turn.
            let mut activity = live.activity.subscribe();
            drop(timeout(TURN_SEEN, activity.wait_for(|now| *now != known)).await);
        }

        let payload = json!({ "receipt": receipt_id, "status": status, "reason": reason });
        let at = self.parts.clock.now();
        let judged = judged.filter(|_| status != ReceiptStatus::Failed);
        let also = move |tx: &codepiper_store::Transaction<'_>, _| {
            judged.map_or(Ok(()), |line| line.submitted(tx, at))
        };
        events
            .emit_with(live.id, EventSource::Daemon, "PromptReceipt", payload, also)
            .await?;
        if status == ReceiptStatus::Failed {
            let reason = reason.unwrap_or_default();
            return Err(EngineError::conflict_with_hint(
                "not_submitted",
                format!("the prompt did not arrive: {reason}"),
                "look at the terminal with `codepiper attach` or `codepiper tail`",
            ));
        }
        let id = receipt_id;
        Ok((Receipt { id, status, reason }, from))
    }
}
