use codepiper_model::{Event, Seq, Timestamp};
use codepiper_store::events::{self, EventQuery};
use codepiper_store::notifications::{self, NewNotification, NotificationQuery};
use codepiper_store::{
    StoreError, Transaction, notification_deliveries as deliveries, notification_prefs,
    push_subscriptions, settings,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::kinds::{INPUT_NEEDED, TURN_DONE, approval_of, told};
use super::presence::Presence;
use super::settings::Kept;
use super::{Changed, Notifications, PUSH_CHANNEL, WEBHOOK_CHANNEL, endpoint, view};
use crate::EngineError;

/// Where it is noted up to which event all were read.
const CURSOR: &str = "notifiedUpTo";

/// Events that are read at a time.
const BATCH: usize = 200;

/// How one came to be read that the inbox does not show.
pub(super) const NOT_FOR_INBOX: &str = "not_for_inbox";

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
                    made.extend(tell(tx, &new, &presence, at)?);
                }
            }
            settings::set(tx, CURSOR, &serde_json::to_value(last)?)?;
            let newest = NotificationQuery {
                limit: made.len(),
                ..NotificationQuery::default()
            };
            let mut made = notifications::query(tx, &newest)?;
            made.reverse();
            Ok::<_, StoreError>((made, read))
        });
        let (made, read) = write.await?;
        if !made.is_empty() {
            self.wake.notify_one();
        }
        for notification in made {
            self.tell(Changed::Created(Box::new(view(notification))));
        }
        if read > 0 {
            self.tell(Changed::Read);
        }
        Ok(more)
    }
}

/// Writes a notification down, together with where else it goes; nothing of a session that is muted.
fn tell(
    tx: &Transaction<'_>,
    new: &NewNotification,
    presence: &Presence,
    at: Timestamp,
) -> Result<Option<i64>, StoreError> {
    if let Some((false, _)) = notification_prefs::get(tx, &new.session_id)? {
        return Ok(None);
    }
    let Some(id) = notifications::insert(tx, new)? else {
        return Ok(None);
    };
    let kept = Kept::read(tx)?;
    let channels = kept.channels(new.kind);
    let session = new.session_id.parse();
    let is_seen = session.is_ok_and(|session| presence.is_looked_at(session));
    if let Some(url) = kept.webhook_url.as_ref().filter(|_| channels.webhook)
        && let Ok(target) = endpoint::checked("webhookUrl", url)
    {
        let to = deliveries::NO_SUBSCRIPTION;
        deliveries::insert(tx, id, WEBHOOK_CHANNEL, to, &target, at)?;
    }
    if is_seen {
        notifications::mark(tx, id, "seen", at)?;
        return Ok(Some(id));
    }
    for to in push_subscriptions::all(tx)?
        .iter()
        .filter(|_| channels.push)
    {
        if let Ok(target) = endpoint::checked("endpoint", &to.wanted.endpoint) {
            deliveries::insert(tx, id, PUSH_CHANNEL, to.id, &target, at)?;
        }
    }
    if !channels.inbox {
        notifications::mark(tx, id, NOT_FOR_INBOX, at)?;
    }
    Ok(Some(id))
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
