use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{
    Actor, PromptText, ProviderId, Receipt, ReceiptStatus, SentPrompt, SessionId,
};
use codepiper_providers::provider;
use tokio::time::timeout;

use super::deliver::{Delivered, Delivery};
use super::images::with_images;
use super::turn;
use super::{Live, SessionManager};
use crate::EngineError;

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
    /// Pictures that go before it; they were uploaded for the session.
    pub images: Vec<PathBuf>,
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
        let mut request = request;
        if !request.images.is_empty() {
            let config = &self.parts.config;
            request.text = with_images(config, id, &request.images, &request.text)?;
        }
        let delivery = request.delivery()?;
        let live = self.live(id).await?;
        if request.kind == InputKind::Prompt {
            check_farewell("text", &request.text, live.provider)?;
        }
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
}

/// Refuses words with which an agent would leave instead of reading them.
pub(super) fn check_farewell(
    field: &'static str,
    text: &str,
    agent: ProviderId,
) -> Result<(), EngineError> {
    let agent = provider(agent);
    if !agent.is_farewell(text) {
        return Ok(());
    }
    let (words, label) = (text.trim(), agent.label());
    let message = format!(
        "`{words}` alone ends {label}: say it in other words, or end the session with `codepiper stop`"
    );
    Err(EngineError::invalid(field, message))
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
