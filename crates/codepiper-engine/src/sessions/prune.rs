//! Removing many sessions: those that ended long ago.

use std::time::Duration;

use codepiper_model::{Actor, SessionId};
use codepiper_store::{Connection, events, sessions};
use tokio::time::sleep;

use super::SessionManager;
use super::delete::{Deleted, Remover};
use crate::EngineError;

/// How often it is looked for what has been kept long enough.
const RETENTION_PAUSE: Duration = Duration::from_hours(24);

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// What came of removing many sessions.
#[derive(Clone, Debug, Default)]
pub struct Pruned {
    /// Those that are gone, longest ended first.
    pub deleted: Vec<Deleted>,
    /// Those that are not, and why.
    pub failed: Vec<(SessionId, EngineError)>,
}

impl SessionManager {
    /// The sessions that ended at least `older_than_ms` ago, longest ended first.
    pub async fn prunable(&self, older_than_ms: i64) -> Result<Vec<Deleted>, EngineError> {
        let until = self
            .parts
            .clock
            .now()
            .as_millis()
            .saturating_sub(older_than_ms);
        let read = move |db: &Connection| {
            let ended = sessions::all(db)?.into_iter().map(|stored| stored.session);
            let ended = ended.filter(|session| !session.status.is_live());
            let mut found: Vec<_> = ended
                .map(|session| Deleted { session, events: 0 })
                .collect();
            found.retain(|one| one.ended_at().as_millis() <= until);
            found.sort_by_key(Deleted::ended_at);
            for one in &mut found {
                one.events = events::count(db, one.session.id)?;
            }
            Ok(found)
        };
        Ok(self.parts.store.read(read).await?)
    }

    /// Removes the sessions that ended at least `older_than_ms` ago.
    pub async fn prune(&self, older_than_ms: i64, by: Actor) -> Result<Pruned, EngineError> {
        self.remove_older(older_than_ms, Remover::Caller(by)).await
    }

    async fn remove_older(&self, millis: i64, by: Remover) -> Result<Pruned, EngineError> {
        let mut pruned = Pruned::default();
        for Deleted { session, .. } in self.prunable(millis).await? {
            match self.remove(session.id, by).await {
                Ok(deleted) => pruned.deleted.push(deleted),
                // Somebody was faster.
                Err(EngineError::NotFound { .. }) => {}
                Err(error) => pruned.failed.push((session.id, error)),
            }
        }
        Ok(pruned)
    }

    /// Removes, now and once a day, what has been kept as long as the settings say.
    pub(crate) async fn keep_retention(&self) {
        let daily = async {
            loop {
                if let Some(days) = self.parts.settings.get().retention_days {
                    self.apply_retention(days).await;
                }
                sleep(RETENTION_PAUSE).await;
            }
        };
        tokio::select! {
            () = daily => {}
            () = self.parts.stop.cancelled() => {}
        }
    }

    async fn apply_retention(&self, days: u32) {
        let removed = self.remove_older(i64::from(days) * DAY_MILLIS, Remover::Retention);
        match removed.await {
            Ok(Pruned { deleted, failed }) => {
                if !deleted.is_empty() {
                    tracing::info!(
                        sessions = deleted.len(),
                        days,
                        "removed what ended long ago"
                    );
                }
                for (session, error) in failed {
                    tracing::warn!(%session, %error, "cannot remove a session that ended long ago");
                }
            }
            Err(error) => tracing::error!(%error, "cannot remove what ended long ago"),
        }
    }
}
