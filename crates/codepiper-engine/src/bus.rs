use std::sync::Arc;

use codepiper_model::{Clock, Event, EventSource, NewEvent, Seq, SessionId};
use codepiper_store::Transaction;
use codepiper_store::events::{self, EventQuery};
use codepiper_store::{Store, StoreError, sessions};
use serde_json::Value;
use tokio::sync::watch;

use crate::EngineError;

/// Stores what happened and then wakes whoever waits. A subscriber reads from the last event it
/// saw, so one that lags loses nothing.
#[derive(Clone)]
pub struct EventBus {
    store: Store,
    clock: Arc<dyn Clock>,
    latest: watch::Sender<Seq>,
}

/// Which events to read.
pub type EventFilter = EventQuery;

impl EventBus {
    pub(crate) async fn new(store: Store, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let latest = store.read(events::last).await?;
        Ok(Self {
            store,
            clock,
            latest: watch::Sender::new(latest),
        })
    }

    /// Stores an event; returns once it is committed.
    pub(crate) async fn emit(
        &self,
        session_id: SessionId,
        source: EventSource,
        kind: &str,
        payload: Value,
    ) -> Result<Seq, EngineError> {
        self.emit_with(session_id, source, kind, payload, |_, _| Ok(()))
            .await
            .map(|(seq, ())| seq)
    }

    /// Stores an event together with whatever `also` writes.
    pub(crate) async fn emit_with<T: Send + 'static>(
        &self,
        session_id: SessionId,
        source: EventSource,
        kind: &str,
        payload: Value,
        also: impl FnOnce(&Transaction<'_>, Seq) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(Seq, T), EngineError> {
        let timestamp = self.clock.now();
        let event = NewEvent {
            session_id,
            timestamp,
            source,
            kind: kind.to_owned(),
            payload,
        };
        self.commit(move |tx| {
            let seq = events::append(tx, &event)?;
            Ok((seq, also(tx, seq)?))
        })
        .await
    }

    /// Runs `job`, which stores events and says which is the last one, and wakes whoever waits
    /// for events once that is committed.
    pub(crate) async fn commit<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<(Seq, T), StoreError> + Send + 'static,
    ) -> Result<(Seq, T), EngineError> {
        let (seq, value) = self.store.write(job).await?;
        self.latest.send_if_modified(|latest| {
            let newer = seq > *latest;
            *latest = seq.max(*latest);
            newer
        });
        Ok((seq, value))
    }

    /// Reads events, and whether there are more.
    pub async fn query(&self, filter: EventFilter) -> Result<(Vec<Event>, bool), EngineError> {
        if let Some(id) = filter.session_id
            && self
                .store
                .read(move |db| sessions::get(db, id))
                .await?
                .is_none()
        {
            return Err(EngineError::no_session(id));
        }
        Ok(self
            .store
            .read(move |db| events::query(db, &filter))
            .await?)
    }

    /// Changes with every event.
    pub fn latest(&self) -> watch::Receiver<Seq> {
        self.latest.subscribe()
    }
}
