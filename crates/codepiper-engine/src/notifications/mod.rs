//! What people are told of: that a turn is over, that an agent waits for them, that one has crashed. It
//! is made of the stored events, so that none is lost and none comes twice, whatever ends meanwhile.
//!
//! Where it goes beside the inbox is written down with it, tried until it is there, and kept.

mod deliver;
mod endpoint;
mod kinds;
mod log;
mod message;
mod others;
mod post;
mod prefs;
mod presence;
mod reader;
mod record;
mod settings;
mod subscriptions;
mod trial;

use std::collections::BTreeMap;
use std::sync::Arc;

use codepiper_model::{Clock, SessionId, Timestamp};
use codepiper_store::notifications::{self as stored, NotificationQuery, StoredNotification};
use codepiper_store::{Connection, Store};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Notify, broadcast};
use utoipa::ToSchema;

use crate::EngineError;
use crate::keyring::Keyring;

pub(crate) use deliver::deliver;
pub use kinds::KINDS as NOTIFICATION_KINDS;
pub use log::DeliveryView;
pub(crate) use others::Further;
use post::Poster;
pub use prefs::NotificationPrefs;
pub use presence::Looking;
use presence::Presence;
pub(crate) use reader::read_on;
pub(crate) use record::Recorded;
pub use settings::{Channels, NotificationSettings, NotificationSettingsChange};
pub use subscriptions::{PushStatus, SubscribePush, SubscriptionView};
pub use trial::PushTrial;

/// The names of the ways on which something is told elsewhere.
const PUSH_CHANNEL: &str = "push";
const WEBHOOK_CHANNEL: &str = "webhook";

/// How many changes are remembered for who is slow to hear of them; who missed some asks anew.
const CHANGES_KEPT: usize = 256;

/// What people are told of.
#[derive(Clone)]
pub struct Notifications {
    store: Store,
    clock: Arc<dyn Clock>,
    key: Keyring,
    changes: broadcast::Sender<Changed>,
    presence: Presence,
    poster: Poster,
    /// There is something new to be delivered.
    wake: Arc<Notify>,
}

/// What became of notifications.
#[derive(Clone, Debug)]
pub enum Changed {
    /// There is a new one.
    Created(Box<NotificationView>),
    /// Some were read.
    Read,
}

/// Something that a person is told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Notification)]
pub struct NotificationView {
    /// Its number.
    pub id: i64,
    /// The session that it is about; null where it is about none.
    pub session_id: Option<String>,
    /// Its agent.
    pub provider: Option<String>,
    /// What it is: `turn_done`, `permission_needed`, `input_needed`, `session_crashed`,
    /// `workflow_done`, `workflow_failed` or `sign_in`.
    pub event_type: String,
    /// The event of the session that it came from.
    #[schema(value_type = Option<i64>)]
    pub source_event_id: Option<codepiper_model::Seq>,
    /// A few words.
    pub title: String,
    /// A few more.
    pub body: String,
    /// What a program needs: with a permission the `approvalId` and the `requestHash`; with what is
    /// about no session the `url` of the page that shows it.
    pub payload: Value,
    /// When.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// How it came to be read.
    pub read_source: Option<String>,
}

/// How many nobody has read.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationCounts {
    /// Of all sessions.
    pub total_unread: u64,
    /// By session.
    pub by_session: BTreeMap<String, u64>,
}

impl Notifications {
    pub(crate) fn new(store: Store, key: Keyring, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            key,
            changes: broadcast::Sender::new(CHANGES_KEPT),
            presence: Presence::default(),
            poster: Poster::new(),
            wake: Arc::default(),
        }
    }

    /// Notes that somebody looks at a session, for as long as what is returned lives: what happens there
    /// is no news to them.
    pub fn look(&self, at: SessionId) -> Looking {
        self.presence.look(at)
    }

    /// Hears of every change.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Reads them, the newest first.
    pub async fn list(
        &self,
        wanted: NotificationQuery,
    ) -> Result<Vec<NotificationView>, EngineError> {
        let read = move |db: &Connection| stored::query(db, &wanted);
        let found = self.store.read(read).await?;
        Ok(found.into_iter().map(view).collect())
    }

    /// How many nobody has read.
    pub async fn counts(&self) -> Result<NotificationCounts, EngineError> {
        let unread = self.store.read(stored::unread).await?;
        let of_sessions = |(id, count): (Option<String>, u64)| Some((id?, count));
        Ok(NotificationCounts {
            total_unread: unread.values().sum(),
            by_session: unread.into_iter().filter_map(of_sessions).collect(),
        })
    }

    /// Notes that one was read; says whether it was not.
    pub async fn mark_read(&self, id: i64, source: &str) -> Result<bool, EngineError> {
        let (source, at) = (checked_source(source)?, self.clock.now());
        let mark = self
            .store
            .write(move |tx| stored::mark(tx, id, &source, at));
        let changed = mark.await?;
        if changed {
            self.tell(Changed::Read);
        }
        Ok(changed)
    }

    /// Notes that all were read, of one session or of all; says how many.
    pub async fn mark_all_read(
        &self,
        session_id: Option<String>,
        source: &str,
    ) -> Result<usize, EngineError> {
        let (source, at) = (checked_source(source)?, self.clock.now());
        let mark = self
            .store
            .write(move |tx| stored::mark_all(tx, session_id.as_deref(), &[], &source, at));
        let changed = mark.await?;
        if changed > 0 {
            self.tell(Changed::Read);
        }
        Ok(changed)
    }

    fn tell(&self, changed: Changed) {
        // Nobody listens where no page is open.
        drop(self.changes.send(changed));
    }
}

fn view(stored: StoredNotification) -> NotificationView {
    NotificationView {
        id: stored.id,
        session_id: stored.session_id,
        provider: stored.provider,
        event_type: stored.kind,
        source_event_id: stored.source_event_id,
        title: stored.title,
        body: stored.body,
        payload: stored.payload,
        created_at: stored.created_at,
        read_at: stored.read_at,
        read_source: stored.read_source,
    }
}

fn checked_source(source: &str) -> Result<String, EngineError> {
    let is_good = (1..=64).contains(&source.chars().count());
    if is_good && !source.chars().any(codepiper_model::is_unseen) {
        return Ok(source.to_owned());
    }
    let message = "`readSource` takes 1 to 64 characters, all of which can be seen";
    Err(EngineError::invalid("readSource", message))
}
