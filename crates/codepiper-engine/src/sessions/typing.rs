//! Putting a text into an agent's prompt, and making sure that it arrived.

use std::time::Duration;

use codepiper_model::{PromptText, ReceiptStatus};
use codepiper_providers::Reading;
use codepiper_tmux::{Input, Key};
use tokio::time::{Instant, timeout_at};

use super::Live;
use super::turn::{read_turn, transcript_len};
use crate::EngineError;

/// How long an agent that is still starting may take to show its prompt box.
const BOX_DEADLINE: Duration = Duration::from_secs(15);

/// How long a pasted text may take to appear, and an Enter to be taken.
const ECHO_DEADLINE: Duration = Duration::from_secs(5);
const ENTER_DEADLINE: Duration = Duration::from_secs(3);

/// How long an agent may take to draw what was pasted.
const DRAWN_DEADLINE: Duration = Duration::from_millis(500);

/// How often a box is cleared that does not become empty, how long each may take, and how many
/// keys it presses at most: a text of many lines needs as many as it has lines, and again.
const CLEAR_ROUNDS: u32 = 20;
const CLEAR_DEADLINE: Duration = Duration::from_millis(150);
const CLEAR_PRESSES_MAX: usize = 64;

/// Waits for an empty prompt box, and empties one that is not.
pub(super) async fn ready_for_text(live: &Live, input: &Input<'_>) -> Result<(), EngineError> {
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
    // What an interrupted agent put back, or somebody left, would become part of the prompt.
    if clear(live, input).await? {
        return Ok(());
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

/// Empties the prompt box, and says whether that was seen. Each Ctrl-U takes a line or the end of
/// one, and nothing where there is nothing; the agent keeps what it cuts for a later Ctrl-Y.
async fn clear(live: &Live, input: &Input<'_>) -> Result<bool, EngineError> {
    let key: Key = "ctrl+u".parse().map_err(EngineError::internal)?;
    for round in 0..CLEAR_ROUNDS {
        let presses = CLEAR_PRESSES_MAX.min(1 << round);
        input.keys(&vec![key.clone(); presses]).await?;
        let is_empty = |r: &Reading| r.has_box && r.box_empty;
        let seen = until(live, CLEAR_DEADLINE, |r| is_empty(r) || r.is_dialog()).await;
        if let Some(reading) = seen {
            return Ok(is_empty(&reading));
        }
    }
    Ok(false)
}

/// Pastes the text and waits until it stands there; otherwise says why it does not. What stands
/// at the cursor nevertheless is taken away again, or it would be in the way of the next.
pub(super) async fn type_text(
    live: &Live,
    input: &Input<'_>,
    text: &PromptText,
) -> Result<Option<&'static str>, EngineError> {
    input.paste(text.as_str().as_bytes()).await?;
    let echoed = |r: &Reading| r.has_box && !r.box_empty || r.is_dialog();
    Ok(match until(live, ECHO_DEADLINE, echoed).await {
        None => {
            if ends_at_cursor(live, text) {
                clear(live, input).await?;
            }
            Some("the text does not appear in the prompt")
        }
        Some(reading) if reading.is_dialog() => {
            // While it is still drawn, a list in the text may look like one.
            let typed = |r: &Reading| r.has_box && !r.box_empty;
            let settled = until(live, DRAWN_DEADLINE, typed).await;
            settled.is_none().then_some("a dialog opened meanwhile")
        }
        Some(_) => None,
    })
}

/// Whether the row of the cursor is the end of a text, however the agent draws its prompt.
fn ends_at_cursor(live: &Live, text: &PromptText) -> bool {
    let view = live.pane.view();
    let row = view.lines.get(usize::from(view.cursor.1));
    let shown = row.map(|row| row.trim_matches(|c: char| !c.is_alphanumeric()));
    let text = text
        .as_str()
        .trim_end_matches(|c: char| !c.is_alphanumeric());
    shown.is_some_and(|shown| !shown.is_empty() && text.ends_with(shown))
}

/// Presses Enter and waits until the screen says that it was `taken`. At start-up agents lose an
/// Enter now and then, so a second one follows while the text still stands there.
pub(super) async fn press_enter(
    live: &Live,
    input: &Input<'_>,
    text: &PromptText,
    taken: impl Fn(&Reading) -> bool,
) -> Result<(ReceiptStatus, Option<String>), EngineError> {
    let from = transcript_len(live.transcript().as_deref());
    let key = "enter".parse().map_err(EngineError::internal)?;
    for _ in 0..2 {
        input.keys(std::slice::from_ref(&key)).await?;
        let seen = until(live, ENTER_DEADLINE, |r| taken(r) || r.is_dialog()).await;
        let ended = live.pane.end().borrow().is_some();
        // A turn that begins with a question, or ends the agent, began as well; one that was over
        // in no time stands in the transcript.
        if seen.is_some()
            || ended
            || read_turn(live.transcript().as_deref(), from, text.as_str())
                .await
                .prompted
        {
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
pub(super) async fn until(
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
