use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use codepiper_model::{ActivityState, EventSource, PromptText, Receipt, ReceiptStatus, SessionId};
use codepiper_providers::{Reading, Turn, turn_after};
use codepiper_tmux::Input;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Live, SessionManager};
use crate::EngineError;

/// How long an agent that is still starting may take to show its prompt box.
const BOX_DEADLINE: Duration = Duration::from_secs(15);

/// How long a pasted text may take to appear, and an Enter to be taken.
const ECHO_DEADLINE: Duration = Duration::from_secs(5);
const ENTER_DEADLINE: Duration = Duration::from_secs(3);

/// How long the beginning of a turn may take to be seen; one that is over sooner was not.
const TURN_SEEN: Duration = Duration::from_millis(500);

/// An idle screen counts as the end of the turn at once when the transcript says so, and after
/// this long when it does not.
const QUIET: Duration = Duration::from_millis(1500);

/// How long a first prompt waits for start-up dialogs to be answered.
const FIRST_PROMPT_DEADLINE: Duration = Duration::from_hours(1);

/// The most of a transcript that is read for a reply.
const TAIL_MAX: u64 = 8 * 1024 * 1024;

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
        let from = transcript_len(live.transcript.as_deref());
        // A caller that goes away must not leave half of it in the terminal.
        let delivery = {
            let (manager, live) = (self.clone(), Arc::clone(&live));
            let (kind, enter) = (request.kind, request.enter);
            self.parts
                .tasks
                .spawn(async move { manager.deliver(&live, &text, kind, enter).await })
        };
        let receipt = delivery.await.map_err(EngineError::internal)??;
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
        let id = receipt.id.clone();
        let turn = self.turn_over(&live, receipt, from);
        match request.timeout {
            None => Ok(turn.await),
            Some(patience) => Ok(timeout(patience, turn).await.unwrap_or_else(|_| {
                let reason = Some("timeout".to_owned());
                Sent {
                    receipt: Receipt {
                        id,
                        status: ReceiptStatus::Submitted,
                        reason,
                    },
                    reply: None,
                }
            })),
        }
    }

    /// Types a prompt that was too long for an argument, once the agent is ready for it.
    pub(super) async fn type_first_prompt(&self, live: Arc<Live>, prompt: PromptText) {
        let ready = |r: &Reading| r.has_box && r.state == ActivityState::Idle;
        let waited = until(&live, FIRST_PROMPT_DEADLINE, ready).await;
        let result = match waited {
            Some(_) => self
                .deliver(&live, &prompt, InputKind::Prompt, true)
                .await
                .map(drop),
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

    /// Pastes, enters, and makes sure that both arrived.
    async fn deliver(
        &self,
        live: &Live,
        text: &PromptText,
        kind: InputKind,
        enter: bool,
    ) -> Result<Receipt, EngineError> {
        let receipt_id = SessionId::random().to_string();
        let excerpt: String = text.as_str().chars().take(200).collect();
        let payload =
            json!({ "receipt": receipt_id, "bytes": text.as_str().len(), "excerpt": excerpt });
        let input = live.pane.input().await;
        ready_for_text(live, &input).await?;
        let events = &self.parts.events;
        events
            .emit(live.id, EventSource::User, "PromptAccepted", payload)
            .await?;
        let queued = live.read_screen().state == ActivityState::Working;
        let known = live.activity();
        let (status, reason) = match type_text(live, &input, text).await? {
            Some(why) => (ReceiptStatus::Failed, Some(why.to_owned())),
            None if !enter => (ReceiptStatus::Typed, None),
            // A busy agent keeps it for later; of a slash command no turn is to be seen.
            None if queued => press_enter(live, &input, |r| r.has_box && r.box_empty).await?,
            None if kind == InputKind::Command => {
                press_enter(live, &input, |r| r.has_box && r.box_empty).await?
            }
            None => press_enter(live, &input, |r| r.state == ActivityState::Working).await?,
        };
        let (status, reason) = match status {
            ReceiptStatus::Submitted if queued => (ReceiptStatus::Typed, Some("queued".to_owned())),
            status => (status, reason),
        };
        drop(input);
        if status == ReceiptStatus::Submitted {
            // Whoever then waits for `idle` means the end of this turn.
            let mut activity = live.activity.subscribe();
            drop(timeout(TURN_SEEN, activity.wait_for(|now| *now != known)).await);
        }

        let payload = json!({ "receipt": receipt_id, "status": status, "reason": reason });
        events
            .emit(live.id, EventSource::Daemon, "PromptReceipt", payload)
            .await?;
        if status == ReceiptStatus::Failed {
            let reason = reason.unwrap_or_default();
            return Err(EngineError::conflict_with_hint(
                "not_submitted",
                format!("the prompt did not arrive: {reason}"),
                "look at the terminal with `codepiper attach` or `codepiper tail`",
            ));
        }
        Ok(Receipt {
            id: receipt_id,
            status,
            reason,
        })
    }

    /// Waits until the turn is over, the agent needs a person, or the session ends.
    async fn turn_over(&self, live: &Live, mut receipt: Receipt, from: u64) -> Sent {
        let mut changes = live.pane.changes();
        let mut exit = live.exit.subscribe();
        let mut idle_since = None;
        loop {
            if exit.borrow().is_some() {
                let turn = read_turn(live.transcript.as_deref(), from).await;
                receipt.status = ReceiptStatus::Failed;
                receipt.reason = Some("session_ended".to_owned());
                return Sent {
                    receipt,
                    reply: turn.reply,
                };
            }
            let reading = live.read_screen();
            if reading.is_dialog() {
                live.known_as(reading.state).await;
                receipt.reason = Some(reading.state.as_str().to_owned());
                return Sent {
                    receipt,
                    reply: None,
                };
            }
            if reading.state == ActivityState::Idle {
                let since = *idle_since.get_or_insert_with(Instant::now);
                let turn = read_turn(live.transcript.as_deref(), from).await;
                if turn.prompted && turn.over || since.elapsed() > QUIET {
                    live.known_as(ActivityState::Idle).await;
                    receipt.status = ReceiptStatus::TurnDone;
                    receipt.reason = None;
                    return Sent {
                        receipt,
                        reply: turn.reply,
                    };
                }
                // The transcript follows the screen by about a tenth of a second.
                sleep(Duration::from_millis(50)).await;
                continue;
            }
            idle_since = None;
            tokio::select! {
                _ = changes.changed() => {}
                _ = exit.changed() => {}
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Waits for an empty prompt box, and empties one that is not.
async fn ready_for_text(live: &Live, input: &Input<'_>) -> Result<(), EngineError> {
    let settled = |r: &Reading| r.has_box || r.is_dialog();
    let reading = until(live, BOX_DEADLINE, settled)
        .await
        .unwrap_or_else(|| live.read_screen());
    if reading.is_dialog() {
        let message = format!(
            "a dialog is open in session `{}` ({}): what is typed now would answer it",
            live.id, reading.kind
        );
        let hint =
            "answer it first: `codepiper attach`, or `codepiper keys` with the number of an option";
        return Err(EngineError::conflict_with_hint(
            "dialog_open",
            message,
            hint,
        ));
    }
    if !reading.has_box {
        let message = format!(
            "the agent of session `{}` shows no prompt to type into",
            live.id
        );
        return Err(EngineError::conflict_with_hint(
            "not_ready",
            message,
            "see `codepiper tail`",
        ));
    }
    if reading.box_empty {
        return Ok(());
    }
    // What an interrupted agent put back, or somebody left, would become part of the prompt. The
    // agent keeps what Ctrl-U cuts for a later Ctrl-Y.
    let clear = "ctrl+u".parse().map_err(EngineError::internal)?;
    for _ in 0..20 {
        input.keys(std::slice::from_ref(&clear)).await?;
        if until(live, Duration::from_millis(150), |r| {
            r.has_box && r.box_empty
        })
        .await
        .is_some()
        {
            return Ok(());
        }
    }
    let message = format!(
        "the prompt of session `{}` holds text that does not go away",
        live.id
    );
    Err(EngineError::conflict_with_hint(
        "prompt_not_empty",
        message,
        "clear it with `codepiper attach`",
    ))
}

/// Pastes the text and waits until it stands there; otherwise says why it does not.
async fn type_text(
    live: &Live,
    input: &Input<'_>,
    text: &PromptText,
) -> Result<Option<&'static str>, EngineError> {
    input.paste(text.as_str().as_bytes()).await?;
    let echoed = |r: &Reading| r.has_box && !r.box_empty || r.is_dialog();
    Ok(match until(live, ECHO_DEADLINE, echoed).await {
        None => Some("the text does not appear in the prompt"),
        Some(reading) if reading.is_dialog() => Some("a dialog opened meanwhile"),
        Some(_) => None,
    })
}

/// Presses Enter and waits until the screen says that it was `taken`. At start-up agents lose an
/// Enter now and then, so a second one follows while the text still stands there.
async fn press_enter(
    live: &Live,
    input: &Input<'_>,
    taken: impl Fn(&Reading) -> bool,
) -> Result<(ReceiptStatus, Option<String>), EngineError> {
    let from = transcript_len(live.transcript.as_deref());
    let key = "enter".parse().map_err(EngineError::internal)?;
    for _ in 0..2 {
        input.keys(std::slice::from_ref(&key)).await?;
        let seen = until(live, ENTER_DEADLINE, |r| taken(r) || r.is_dialog()).await;
        let ended = live.pane.end().borrow().is_some();
        // A turn that begins with a question, or ends the agent, began as well; one that was over
        // in no time stands in the transcript.
        if seen.is_some() || ended || read_turn(live.transcript.as_deref(), from).await.prompted {
            return Ok((ReceiptStatus::Submitted, None));
        }
        let reading = live.read_screen();
        if !reading.has_box || reading.box_empty {
            break;
        }
    }
    Ok((
        ReceiptStatus::Failed,
        Some("Enter was not taken".to_owned()),
    ))
}

/// Waits until the screen reads as `good`, but not longer than `patience`.
async fn until(
    live: &Live,
    patience: Duration,
    good: impl Fn(&Reading) -> bool,
) -> Option<Reading> {
    let deadline = Instant::now() + patience;
    let mut changes = live.pane.changes();
    loop {
        let reading = live.read_screen();
        if good(&reading) {
            return Some(reading);
        }
        if live.pane.end().borrow().is_some() {
            return None;
        }
        timeout_at(deadline, changes.changed()).await.ok()?.ok()?;
    }
}

fn transcript_len(path: Option<&Path>) -> u64 {
    path.and_then(|path| fs_err::metadata(path).ok())
        .map_or(0, |meta| meta.len())
}

async fn read_turn(path: Option<&Path>, from: u64) -> Turn {
    let Some(path) = path.map(Path::to_owned) else {
        return Turn::default();
    };
    let read = move || {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = fs_err::File::open(path).ok()?;
        let len = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(from.max(len.saturating_sub(TAIL_MAX))))
            .ok()?;
        let mut bytes = Vec::new();
        file.take(TAIL_MAX).read_to_end(&mut bytes).ok()?;
        Some(turn_after(&String::from_utf8_lossy(&bytes)))
    };
    tokio::task::spawn_blocking(read)
        .await
        .ok()
        .flatten()
        .unwrap_or_default()
}
