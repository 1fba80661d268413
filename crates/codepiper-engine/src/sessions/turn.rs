//! The turn that a prompt begins: waiting for its end, and what the agent said.

use std::path::Path;
use std::time::Duration;

use codepiper_model::{ActivityState, Receipt, ReceiptStatus};
use codepiper_providers::{Turn, provider, turn_of};
use tokio::time::{Instant, sleep};

use super::{Live, Sent};

/// An idle screen counts as the end of the turn at once when the transcript says so, and after
/// this long when it does not.
const QUIET: Duration = Duration::from_millis(1500);

/// The most of a transcript that is read for a reply.
const TAIL_MAX: u64 = 8 * 1024 * 1024;

/// Waits until the turn is over, the agent needs a person, or the session ends.
pub(super) async fn over(live: &Live, mut receipt: Receipt, from: u64, prompt: &str) -> Sent {
    let mut changes = live.pane.changes();
    let mut exit = live.exit.subscribe();
    let mut activity = live.activity.subscribe();
    let mut idle_since = None;
    loop {
        if exit.borrow().is_some() {
            let turn = read_turn(live.transcript().as_deref(), from, prompt).await;
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
            if !live.read_screen().is_dialog() {
                // Nobody was needed: the answer to its hook took it down.
                continue;
            }
            receipt.reason = Some(reading.state.as_str().to_owned());
            return Sent {
                receipt,
                reply: None,
            };
        }
        if is_held(live) {
            receipt.reason = Some(ActivityState::NeedsPermission.as_str().to_owned());
            return Sent {
                receipt,
                reply: None,
            };
        }
        if reading.state == ActivityState::Idle {
            let since = *idle_since.get_or_insert_with(Instant::now);
            let turn = read_turn(live.transcript().as_deref(), from, prompt).await;
            if turn.prompted && turn.over || since.elapsed() > QUIET {
                live.known_as(ActivityState::Idle).await;
                receipt.status = ReceiptStatus::TurnDone;
                receipt.reason = turn.interrupted.then(|| "interrupted".to_owned());
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
            _ = activity.changed() => {}
            _ = exit.changed() => {}
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Whether a person is asked without a dialog: in a hook before a call that is held open.
fn is_held(live: &Live) -> bool {
    let activity = live.activity.borrow();
    provider(live.provider).hook_only_forbids()
        && activity.state == ActivityState::NeedsPermission
        && activity.approval_id.is_some()
}

/// Where the transcript ends now: what a new turn writes begins there.
pub(super) fn transcript_len(path: Option<&Path>) -> u64 {
    path.and_then(|path| fs_err::metadata(path).ok())
        .map_or(0, |meta| meta.len())
}

/// Reads the turn that `prompt` began out of what stands behind `from` in the transcript.
pub(super) async fn read_turn(path: Option<&Path>, from: u64, prompt: &str) -> Turn {
    let Some(path) = path.map(Path::to_owned) else {
        return Turn::default();
    };
    let prompt = prompt.to_owned();
    let read = move || {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = fs_err::File::open(path).ok()?;
        let len = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(from.max(len.saturating_sub(TAIL_MAX))))
            .ok()?;
        let mut bytes = Vec::new();
        file.take(TAIL_MAX).read_to_end(&mut bytes).ok()?;
        Some(turn_of(&String::from_utf8_lossy(&bytes), &prompt))
    };
    tokio::task::spawn_blocking(read)
        .await
        .ok()
        .flatten()
        .unwrap_or_default()
}
