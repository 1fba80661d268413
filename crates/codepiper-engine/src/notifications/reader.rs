use codepiper_model::{Event, Seq, Timestamp};
use codepiper_store::events::{self, EventQuery};
use codepiper_store::{StoreError, Transaction, notifications, settings};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Notifications;
use super::kinds::{INPUT_NEEDED, TURN_DONE, approval_of, told};
use super::record::{Recorded, record};
use crate::EngineError;

/// Where it is noted up to which event all were read.
const CURSOR: &str = "notifiedUpTo";

/// Events that are read at a time.
const BATCH: usize = 200;

/// Reads every event behind the last one that was read, also those of before this daemon, until `stop`.
pub(crate) async fn read_on(
    notifications: Notifications,
    mut latest: watch::Receiver<Seq>,
    stop: CancellationToken,
) {
    let read = async {
        let first = *latest.borrow_and_update();
        let mut since = notifications.begin(first).await?;
        loop {
            latest.borrow_and_update();
            while notifications.take(&mut since).await? {}
            if latest.changed().await.is_err() {
                return Ok::<_, EngineError>(());
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        ended = read => if let Err(error) = ended {
            tracing::error!(%error, "nobody is notified any more; a restart goes on where it was");
        },
    }
}

impl Notifications {
    /// Where it goes on; the first time, with what comes.
    async fn begin(&self, latest: Seq) -> Result<Seq, EngineError> {
        let begin = self.store.write(move |tx| {
            if let Some(kept) = settings::get(tx, CURSOR)?
                && let Ok(kept) = serde_json::from_value(kept)
            {
                return Ok(kept);
            }
            settings::set(tx, CURSOR, &serde_json::to_value(latest)?)?;
            Ok(latest)
        });
        Ok(begin.await?)
    }

    /// Reads some events, and says whether there may be more. What they tell and how far was read is
    /// written at once.
    async fn take(&self, since: &mut Seq) -> Result<bool, EngineError> {
        let wanted = EventQuery {
            since: Some(*since),
            limit: BATCH,
            ..EventQuery::default()
        };
        let (found, more) = self
            .store
            .read(move |db| events::query(db, &wanted))
            .await?;
        let Some(last) = found.last().map(|event| event.id) else {
            return Ok(false);
        };
        *since = last;
        // Most events tell nobody anything, and cost nothing more.
        if !more && !found.iter().any(is_of_interest) {
            return Ok(false);
        }
        let at = self.clock.now();
        let presence = self.presence.clone();
        let write = self.store.write(move |tx| {
            let mut made = Vec::new();
            let mut read = 0;
            for event in &found {
                read += read_by(tx, event, at)?;
                if let Some(new) = told(tx, event)? {
                    made.extend(record(tx, &new, &presence, at)?);
                }
            }
            settings::set(tx, CURSOR, &serde_json::to_value(last)?)?;
            Ok::<_, StoreError>(Recorded { made, read })
        });
        self.announce(write.await?);
        Ok(more)
    }
}

fn is_of_interest(event: &Event) -> bool {
    let kind = event.kind.as_str();
    ["Activity", "SessionEnded", "PromptAccepted", "KeysPressed"].contains(&kind)
        || kind.starts_with("Approval")
}

/// Who answers, or says something else, has read what was told before.
fn read_by(tx: &Transaction<'_>, event: &Event, at: Timestamp) -> Result<usize, StoreError> {
    let session = event.session_id.to_string();
    match event.kind.as_str() {
        "ApprovalRequested" => Ok(0),
        kind if kind.starts_with("Approval") => match approval_of(event) {
            Some(id) => notifications::mark_approval(tx, &session, &id.to_string(), "answered", at),
            None => Ok(0),
        },
        "PromptAccepted" | "KeysPressed" => {
            let kinds = [TURN_DONE, INPUT_NEEDED];
            notifications::mark_all(tx, Some(&session), &kinds, "went_on", at)
        }
        _ => Ok(0),
    }
}
