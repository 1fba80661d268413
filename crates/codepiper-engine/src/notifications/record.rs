use codepiper_model::Timestamp;
use codepiper_store::notifications::{self, NewNotification};
use codepiper_store::{
    StoreError, Transaction, notification_deliveries as deliveries, notification_prefs,
    push_subscriptions,
};

use super::presence::Presence;
use super::settings::Kept;
use super::{
    Changed, NotificationView, Notifications, PUSH_CHANNEL, WEBHOOK_CHANNEL, endpoint, view,
};

/// How one came to be read that the inbox does not show.
pub(super) const NOT_FOR_INBOX: &str = "not_for_inbox";

/// What was written down, and is to be told once it is stored.
#[derive(Default)]
pub(crate) struct Recorded {
    pub(super) made: Vec<NotificationView>,
    /// How many were read.
    pub(super) read: usize,
}

/// Writes a notification down, together with where else it goes; nothing of a session that is muted.
pub(super) fn record(
    tx: &Transaction<'_>,
    new: &NewNotification,
    presence: &Presence,
    at: Timestamp,
) -> Result<Option<NotificationView>, StoreError> {
    let session = new.session_id.as_deref();
    if let Some(session) = session
        && let Some((false, _)) = notification_prefs::get(tx, session)?
    {
        return Ok(None);
    }
    let Some(id) = notifications::insert(tx, new)? else {
        return Ok(None);
    };
    let is_seen = session
        .and_then(|session| session.parse().ok())
        .is_some_and(|session| presence.is_looked_at(session));
    let kept = Kept::read(tx)?;
    let channels = kept.channels(new.kind);
    if let Some(url) = kept.webhook_url.as_ref().filter(|_| channels.webhook)
        && let Ok(target) = endpoint::checked("webhookUrl", url)
    {
        let to = deliveries::NO_SUBSCRIPTION;
        deliveries::insert(tx, id, WEBHOOK_CHANNEL, to, &target, at)?;
    }
    if is_seen {
        notifications::mark(tx, id, "seen", at)?;
    } else {
        if channels.push {
            to_browsers(tx, id, at)?;
        }
        if !channels.inbox {
            notifications::mark(tx, id, NOT_FOR_INBOX, at)?;
        }
    }
    Ok(notifications::get(tx, id)?.map(view))
}

fn to_browsers(tx: &Transaction<'_>, id: i64, at: Timestamp) -> Result<(), StoreError> {
    for to in push_subscriptions::all(tx)? {
        if let Ok(target) = endpoint::checked("endpoint", &to.wanted.endpoint) {
            deliveries::insert(tx, id, PUSH_CHANNEL, to.id, &target, at)?;
        }
    }
    Ok(())
}

impl Notifications {
    /// Tells whoever listens of what is stored now.
    pub(crate) fn announce(&self, recorded: Recorded) {
        if !recorded.made.is_empty() {
            self.wake.notify_one();
        }
        for notification in recorded.made {
            self.tell(Changed::Created(Box::new(notification)));
        }
        if recorded.read > 0 {
            self.tell(Changed::Read);
        }
    }
}
