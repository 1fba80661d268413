use codepiper_model::{SessionId, Timestamp};
use codepiper_store::{Connection, notification_prefs as stored, sessions};
use serde::Serialize;
use utoipa::ToSchema;

use super::Notifications;
use crate::EngineError;

/// Whether people are told of a session.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPrefs {
    /// The session.
    pub session_id: SessionId,
    /// Whether they are; null: as of all others.
    pub enabled: Option<bool>,
    /// When somebody said so.
    pub updated_at: Option<Timestamp>,
}

impl Notifications {
    /// Whether people are told of a session.
    pub async fn prefs(&self, session_id: SessionId) -> Result<NotificationPrefs, EngineError> {
        let read = move |db: &Connection| {
            if sessions::get(db, session_id)?.is_none() {
                return Ok(None);
            }
            Ok(Some(stored::get(db, &session_id.to_string())?))
        };
        let found = self.store.read(read).await?;
        let found = found.ok_or_else(|| EngineError::no_session(session_id))?;
        Ok(NotificationPrefs {
            session_id,
            enabled: found.map(|(enabled, _)| enabled),
            updated_at: found.map(|(_, at)| at),
        })
    }

    /// Says whether people are told of a session; null: as of all others.
    pub async fn set_prefs(
        &self,
        session_id: SessionId,
        enabled: Option<bool>,
    ) -> Result<NotificationPrefs, EngineError> {
        let at = self.clock.now();
        let write = move |tx: &codepiper_store::Transaction<'_>| {
            // One that is deleted leaves nothing behind.
            if sessions::get(tx, session_id)?.is_some() {
                stored::set(tx, &session_id.to_string(), enabled, at)?;
            }
            Ok::<_, codepiper_store::StoreError>(())
        };
        self.store.write(write).await?;
        self.prefs(session_id).await
    }
}
