//! What agents tell of their context, their cost and their limits.

use codepiper_model::{EventSource, NewEvent, SessionId, StatusLine};
use codepiper_store::{StoreError, Transaction, events, sessions as rows};

use super::SessionManager;
use crate::EngineError;

impl SessionManager {
    /// Takes over what an agent told, and returns all that is known of it now. It is an event where
    /// a person would read something else than before: an agent draws its status line all the time.
    pub(crate) async fn note_status_line(
        &self,
        id: SessionId,
        source: EventSource,
        told: StatusLine,
    ) -> Result<StatusLine, EngineError> {
        let known = self.stored(id).await?.session.status_line;
        let known = known.unwrap_or_default();
        let now = told.clone().after(&known);
        if now.reads_like(&known) {
            return Ok(now);
        }
        let at = self.parts.clock.now();
        let write = move |tx: &Transaction<'_>| {
            let stored = rows::get(tx, id)?.ok_or(StoreError::NotFound)?;
            let known = stored.session.status_line.unwrap_or_default();
            let now = told.after(&known);
            if now.reads_like(&known) {
                return Ok((0, now));
            }
            rows::set_status_line(tx, id, &now, at)?;
            let event = NewEvent {
                session_id: id,
                timestamp: at,
                source,
                kind: "StatusLine".to_owned(),
                payload: serde_json::to_value(&now)?,
            };
            Ok((events::append(tx, &event)?, now))
        };
        let (_, now) = self.parts.events.commit(write).await?;
        Ok(now)
    }
}
