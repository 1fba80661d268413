//! Who calls: the person, or an agent that runs as the same user.

use std::sync::Arc;

use codepiper_model::{Actor, Clock, EventSource, NewEvent};
use codepiper_store::events;
use serde_json::json;

use crate::ancestry::Ancestry;
use crate::sessions::SessionManager;
use crate::{EngineError, EventBus, audit};

/// Tells agents from their user.
#[derive(Clone)]
pub struct Actors {
    sessions: SessionManager,
    events: EventBus,
    clock: Arc<dyn Clock>,
}

/// A process at the other end of a connection, as it was when it connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    pid: i32,
    /// When it was started, so that another one with its number is not taken for it.
    started: Option<String>,
}

impl Peer {
    /// The process of that number.
    pub fn of(pid: i32) -> Self {
        Self {
            pid,
            started: crate::process::started(pid),
        }
    }
}

impl Actors {
    pub(crate) fn new(sessions: SessionManager, events: EventBus, clock: Arc<dyn Clock>) -> Self {
        Self {
            sessions,
            events,
            clock,
        }
    }

    /// Whose process it is. Any sign of a session counts: one among its ancestors, the session's
    /// terminal, its control group, its name in the environment that the process was started
    /// with. A process that is gone before it was looked at cannot be told from an agent's.
    pub async fn identify(&self, peer: Peer) -> Result<Actor, EngineError> {
        let look = move || Ancestry::of(peer.pid).filter(|_| Peer::of(peer.pid) == peer);
        let found = tokio::task::spawn_blocking(look).await;
        let Some(ancestry) = found.map_err(EngineError::internal)? else {
            return Ok(Actor::Unknown);
        };
        if let Some(id) = self.sessions.session_of(&ancestry) {
            return Ok(Actor::Agent(id));
        }
        for id in ancestry.named_sessions() {
            // Another daemon's session is not ours to recognise.
            if self.sessions.is_known(id).await? {
                return Ok(Actor::Agent(id));
            }
        }
        Ok(Actor::Owner)
    }

    /// Writes down that a call was refused because of who made it.
    pub async fn note_refusal(&self, actor: Actor, what: &str) -> Result<(), EngineError> {
        tracing::warn!(%actor, what, "a call was refused");
        let at = self.clock.now();
        let facts = json!({ "actor": actor.to_string(), "call": what });
        let Actor::Agent(session_id) = actor else {
            return Ok(());
        };
        let event = NewEvent {
            session_id,
            timestamp: at,
            source: EventSource::Policy,
            kind: "ActorRefused".to_owned(),
            payload: facts.clone(),
        };
        self.events
            .commit(move |tx| {
                audit::note(tx, "actor_refused", &facts, at)?;
                Ok((events::append(tx, &event)?, ()))
            })
            .await
            .map(drop)
    }
}
