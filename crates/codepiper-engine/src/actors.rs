//! Who calls: the person, or an agent that runs as the same user.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use codepiper_model::{Actor, Clock, EntryKind, EventSource, NewEvent};
use codepiper_store::{Store, Transaction, events};
use serde_json::json;

use crate::ancestry::Ancestry;
use crate::sessions::SessionManager;
use crate::{EngineError, EventBus, audit};

/// Tells agents from their user.
#[derive(Clone)]
pub struct Actors {
    sessions: SessionManager,
    events: EventBus,
    store: Store,
    clock: Arc<dyn Clock>,
    budgets: Arc<Mutex<HashMap<Actor, Budget>>>,
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
    pub(crate) fn new(
        sessions: SessionManager,
        events: EventBus,
        store: Store,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            sessions,
            events,
            store,
            clock,
            budgets: Arc::default(),
        }
    }

    /// Whose process it is. Any sign of a session counts: one among its ancestors, the session's
    /// terminal, its control group, its name in the environment that the process was started
    /// with. A process that is gone before it was looked at cannot be told from an agent's, nor can
    /// one whose chain of parents does not lead to init.
    pub async fn identify(&self, peer: Peer) -> Result<Actor, EngineError> {
        if peer.started.is_none() {
            return Ok(Actor::Unknown);
        }
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

    /// Writes down that a call was refused because of who made it: in the audit, and as an event
    /// of the session if it is a session's. One that calls without end does not fill the disk.
    pub async fn note_refusal(&self, actor: Actor, what: &str) -> Result<(), EngineError> {
        let left_out = {
            let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
            budgets.entry(actor).or_default().take(Instant::now())
        };
        let Some(left_out) = left_out else {
            return Ok(());
        };
        tracing::warn!(%actor, what, left_out, "a call was refused");
        let at = self.clock.now();
        let mut facts = json!({ "actor": actor.to_string(), "call": what });
        if left_out > 0 {
            facts["leftOut"] = left_out.into();
        }
        let Actor::Agent(session_id) = actor else {
            let note =
                move |tx: &Transaction<'_>| audit::note(tx, EntryKind::ActorRefused, &facts, at);
            return Ok(self.store.write(note).await?);
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
                audit::note(tx, EntryKind::ActorRefused, &facts, at)?;
                Ok((events::append(tx, &event)?, ()))
            })
            .await
            .map(drop)
    }
}

/// How many refusals may still be written down. It does not look at what was called: whoever
/// calls without end can call something else each time.
#[derive(Debug)]
struct Budget {
    left: u32,
    /// When one was added last.
    grown: Instant,
    left_out: u64,
}

/// What may be written down at once, and how often one more.
const BUDGET: u32 = 50;
const BUDGET_PAUSE: Duration = Duration::from_secs(10);

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: BUDGET,
            grown: Instant::now(),
            left_out: 0,
        }
    }
}

impl Budget {
    /// Whether one more may be written down, and how many were not since the last that was.
    fn take(&mut self, now: Instant) -> Option<u64> {
        while self.left < BUDGET && now.duration_since(self.grown) >= BUDGET_PAUSE {
            self.left += 1;
            self.grown += BUDGET_PAUSE;
        }
        if self.left == BUDGET {
            self.grown = now;
        }
        let Some(left) = self.left.checked_sub(1) else {
            self.left_out += 1;
            return None;
        };
        self.left = left;
        Some(std::mem::take(&mut self.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_without_end_are_counted_and_not_written_down() {
        let mut budget = Budget::default();
        let start = budget.grown;
        for _ in 0..BUDGET {
            assert_eq!(budget.take(start), Some(0));
        }
        for _ in 0..1000 {
            assert_eq!(budget.take(start + BUDGET_PAUSE / 2), None);
        }
        assert_eq!(budget.take(start + BUDGET_PAUSE), Some(1000));
        assert_eq!(budget.take(start + BUDGET_PAUSE), None);
        let later = start + BUDGET_PAUSE * 1000;
        assert_eq!(budget.take(later), Some(1));
        for _ in 1..BUDGET {
            assert_eq!(budget.take(later), Some(0));
        }
        assert_eq!(budget.take(later), None);
    }
}
