use codepiper_model::Timestamp;
use codepiper_store::Connection;
use codepiper_store::notification_deliveries::{self as deliveries, StoredDelivery};
use serde::Serialize;
use utoipa::ToSchema;

use super::Notifications;
use crate::EngineError;

/// A notification on its way to one place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NotificationDelivery)]
pub struct DeliveryView {
    /// Its number.
    pub id: i64,
    /// The notification.
    pub notification_id: i64,
    /// `push` or `webhook`.
    pub channel: String,
    /// The origin of where it goes.
    pub target: String,
    /// `waiting`, `delivered` or `dropped`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// When it was delivered or dropped.
    pub finished_at: Option<Timestamp>,
    /// Why the last try came to nothing, or why it was dropped.
    pub last_error: Option<String>,
}

impl Notifications {
    /// What was delivered where, the newest first.
    pub async fn deliveries(
        &self,
        notification_id: Option<i64>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<DeliveryView>, EngineError> {
        let read = move |db: &Connection| deliveries::query(db, notification_id, before, limit);
        let found = self.store.read(read).await?;
        Ok(found.into_iter().map(view).collect())
    }
}

fn view(stored: StoredDelivery) -> DeliveryView {
    DeliveryView {
        id: stored.id,
        notification_id: stored.notification_id,
        channel: stored.channel,
        target: stored.target,
        state: stored.state,
        attempts: stored.attempts,
        created_at: stored.created_at,
        next_at: stored.next_at,
        finished_at: stored.finished_at,
        last_error: stored.last_error,
    }
}
