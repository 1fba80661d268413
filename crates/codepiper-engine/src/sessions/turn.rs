//! The turn that a prompt begins: waiting for its end, and what the agent said.

use std::path::{Path, PathBuf};
use std::time::Duration;

use codepiper_model::{ActivityState, Receipt, ReceiptStatus, Trouble, TroubleKind};
use codepiper_providers::{LatestTurn, Turn, latest_turn, provider, turn_of};
use tokio::time::{Instant, sleep};

use super::{Live, Sent};

/// An idle screen counts as the end of the turn at once when the transcript says so, and after
/// this long when it does not.
const QUIET: Duration = Duration::from_millis(1500);

/// The most of a transcript that is read for a reply, and for how its latest turn goes.
const TAIL_MAX: u64 = 8 * 1024 * 1024;
const LATEST_MAX: u64 = 256 * 1024;

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
            // It may offer a way out of what has ended the turn.
            let claim = live.read_trouble().filter(|claim| claim.is_certain);
            if let Some(claim) = claim.filter(|claim| claim.trouble.kind.is_failure()) {
                return ended(receipt, Some(claim.trouble), None);
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
                live.past_working().await;
                let trouble = if turn.prompted && turn.over {
                    turn.trouble.map(|trouble| live.clean(trouble))
                } else if is_back(live, prompt) {
                    let (kind, detail) = (TroubleKind::Interrupted, None);
                    Some(Trouble { kind, detail })
                } else {
                    known_trouble(live)
                };
                return ended(receipt, trouble, turn.reply);
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

/// What became of a prompt whose turn is over.
fn ended(mut receipt: Receipt, trouble: Option<Trouble>, reply: Option<String>) -> Sent {
    (receipt.status, receipt.reason) = match trouble {
        Some(trouble) if trouble.kind.is_failure() => {
            (ReceiptStatus::Failed, Some(trouble.reason()))
        }
        Some(trouble) => {
            let reason = trouble.kind.as_str().to_owned();
            (ReceiptStatus::TurnDone, Some(reason))
        }
        None => (ReceiptStatus::TurnDone, None),
    };
    Sent { receipt, reply }
}

/// Whether the prompt stands in the box again: an agent puts it back that is interrupted before it
/// has said a word, and keeps nothing of it.
fn is_back(live: &Live, prompt: &str) -> bool {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    live.shown_text()
        .is_some_and(|typed| bare(&typed) == bare(prompt) || typed.starts_with("[Pasted text"))
}

/// What is known to have gone wrong with the latest turn, where its transcript does not tell.
fn known_trouble(live: &Live) -> Option<Trouble> {
    let activity = live.activity();
    let kind = activity.trouble()?;
    let detail = activity.evidence?.detail;
    (kind != TroubleKind::Retrying).then_some(Trouble { kind, detail })
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
    let prompt = super::images::spoken(prompt);
    let read = move || Some(turn_of(&tail(&path, from, TAIL_MAX)?, &prompt));
    tokio::task::spawn_blocking(read)
        .await
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// Reads how the latest turn of a transcript goes.
pub(super) async fn latest(path: Option<PathBuf>) -> Option<LatestTurn> {
    let path = path?;
    let read = move || latest_turn(&tail(&path, 0, LATEST_MAX)?);
    tokio::task::spawn_blocking(read).await.ok().flatten()
}

/// What stands behind `from` in a file, and no more than its last `most` bytes.
fn tail(path: &Path, from: u64, most: u64) -> Option<String> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = fs_err::File::open(path).ok()?;
    let len = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(from.max(len.saturating_sub(most))))
        .ok()?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
