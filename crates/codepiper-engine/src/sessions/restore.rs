//! Bringing back the sessions that ran when the machine was switched off, or when their tmux servers
//! went while no daemon was there to see it.

use std::time::Duration;

use codepiper_model::{Actor, ExitReason, Session, SessionId, Timestamp};
use codepiper_store::{StoreError, Transaction, sessions, settings};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::SessionManager;
use crate::{EngineError, boot};

/// Where it is written down what has been lost.
const KEY: &str = "lostSessions";

/// A machine that is switched off ends agents and daemon in any order, within this time.
const SHUTDOWN: Duration = Duration::from_secs(30);

/// How long the next session waits for the one before it to run.
const STAGGER: Duration = Duration::from_secs(10);

/// What has to be known of the time before the daemon started.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Record {
    /// The start of the machine in which a daemon last ran.
    boot_id: Option<String>,
    /// When it stopped, if it had the time to say so.
    stopped_at: Option<Timestamp>,
    /// The sessions that can be brought back.
    sessions: Vec<SessionId>,
}

impl Record {
    fn read(db: &codepiper_store::Connection) -> Result<Self, StoreError> {
        let stored = settings::get(db, KEY)?;
        Ok(stored
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default())
    }

    fn write(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        settings::set(tx, KEY, &serde_json::to_value(self)?)
    }

    fn add(&mut self, id: SessionId) {
        if !self.sessions.contains(&id) {
            self.sessions.push(id);
        }
    }
}

/// What came of bringing back a session.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The session.
    pub session_id: SessionId,
    /// Why it is not back.
    pub error: Option<EngineError>,
}

impl SessionManager {
    /// Writes down what ran when the machine was switched off, before anything is looked for; says
    /// whether it was.
    pub(crate) async fn note_boot(&self) -> Result<bool, EngineError> {
        let boot_id = tokio::task::spawn_blocking(boot::id).await;
        let boot_id = boot_id.map_err(EngineError::internal)?;
        let note = move |tx: &Transaction<'_>| {
            let mut record = Record::read(tx)?;
            let was_off =
                record.boot_id.is_some() && boot_id.is_some() && record.boot_id != boot_id;
            if was_off {
                let stopped = record.stopped_at.map(Timestamp::as_millis);
                let shutdown = i64::try_from(SHUTDOWN.as_millis()).unwrap_or(i64::MAX);
                let since = stopped.map(|at| Timestamp::from_millis(at - shutdown));
                for id in sessions::lost_since(tx, since)? {
                    record.add(id);
                }
            }
            record.boot_id = boot_id;
            record.stopped_at = None;
            record.write(tx)?;
            Ok(was_off)
        };
        Ok(self.parts.store.write(note).await?)
    }

    /// Writes down which of the sessions that should have been there were not.
    pub(super) async fn note_lost(&self, expected: Vec<SessionId>) -> Result<(), EngineError> {
        let note = move |tx: &Transaction<'_>| {
            let mut record = Record::read(tx)?;
            for id in expected {
                let exit = sessions::get(tx, id)?.and_then(|stored| stored.session.exit);
                if exit.is_some_and(|exit| exit.reason == ExitReason::TmuxLost) {
                    record.add(id);
                }
            }
            record.write(tx)
        };
        Ok(self.parts.store.write(note).await?)
    }

    /// Writes down that the daemon stops.
    pub(crate) async fn note_stop(&self) -> Result<(), EngineError> {
        let now = self.parts.clock.now();
        let note = move |tx: &Transaction<'_>| {
            let mut record = Record::read(tx)?;
            record.stopped_at = Some(now);
            record.write(tx)
        };
        Ok(self.parts.store.write(note).await?)
    }

    /// The sessions that can be brought back, in the order in which they were made.
    pub async fn lost(&self) -> Result<Vec<Session>, EngineError> {
        let lost = self.parts.store.read(Record::read).await?.sessions;
        let mut sessions = self.list().await?;
        sessions.retain(|session| lost.contains(&session.id) && !session.status.is_live());
        sessions.reverse();
        Ok(sessions)
    }

    /// Brings them back, one after the other, each once: one that cannot be started again is left
    /// to a person.
    pub async fn restore(&self, by: Actor) -> Result<Vec<Restored>, EngineError> {
        let manager = self.clone();
        let work = self.parts.tasks.spawn(async move {
            let mut restored = Vec::new();
            for session in manager.lost().await? {
                if manager.parts.stop.is_cancelled() {
                    break;
                }
                let session_id = session.id;
                let result = manager.resume(session_id, by).await;
                manager.forget_lost(session_id).await?;
                let error = match result {
                    // Somebody was faster.
                    Err(EngineError::Conflict { code, .. }) if code == super::resume::LIVE => {
                        continue;
                    }
                    result => result.err(),
                };
                if let Some(error) = &error {
                    tracing::error!(session = %session_id, %error, "cannot be brought back");
                } else {
                    manager.wait_until_it_runs(session_id).await;
                }
                restored.push(Restored { session_id, error });
            }
            Ok(restored)
        });
        work.await.map_err(EngineError::internal)?
    }

    async fn forget_lost(&self, id: SessionId) -> Result<(), EngineError> {
        Ok(self.parts.store.write(move |tx| forget(tx, id)).await?)
    }

    async fn wait_until_it_runs(&self, id: SessionId) {
        let Ok(live) = self.live(id).await else {
            return;
        };
        let mut running = live.running.subscribe();
        drop(timeout(STAGGER, running.wait_for(|running| *running)).await);
    }
}

/// Writes down that a session needs not be brought back any more.
pub(super) fn forget(tx: &Transaction<'_>, id: SessionId) -> Result<(), StoreError> {
    let mut record = Record::read(tx)?;
    record.sessions.retain(|lost| *lost != id);
    record.write(tx)
}
