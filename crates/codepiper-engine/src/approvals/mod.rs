//! The requests that wait for a person.
//!
//! An approval is open from the moment the agent asks until the agent has shown what came of it.
//! The open ones are held in memory as well; a change is stored first, and one at a time, so that
//! of two answers the first one wins.

mod answer;
mod dialog;
mod hold;
mod rule;
mod settle;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codepiper_model::{
    Approval, ApprovalId, ApprovalStatus, Clock, EventSource, NewEvent, Seq, SessionId,
};
use codepiper_store::approvals::{self, ApprovalQuery, StoredApproval};
use codepiper_store::{Store, StoreError, Transaction, decisions, deliveries, events, sessions};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{EngineError, EventBus, PolicyEngine, audit};

pub use answer::{AnswerRequest, Refused};
pub(crate) use dialog::Seen;
pub(crate) use settle::{Settlement, settle};

/// Requests of one session that may be open at a time. The dialogs of further ones stay where they
/// are, in the agent's terminal.
const OPEN_MAX: usize = 100;

/// Opens, answers and closes approvals.
#[derive(Clone)]
pub struct Approvals {
    store: Store,
    events: EventBus,
    policies: PolicyEngine,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    open: Arc<Mutex<HashMap<ApprovalId, Open>>>,
    /// Held while an approval changes.
    changing: Arc<tokio::sync::Mutex<()>>,
    /// How often any of them changed.
    changes: watch::Sender<u64>,
    /// How often something that a session waited for was settled.
    settled: Arc<Mutex<HashMap<SessionId, u64>>>,
}

/// An approval that is not settled.
struct Open {
    stored: StoredApproval,
    /// The event with which the agent asked.
    event_id: Seq,
    /// The approval, once there is something to tell the hook that waits.
    told: watch::Sender<Option<Approval>>,
    /// Hooks that wait for it: one, or none for a while.
    holders: usize,
    /// When the last of them went away.
    left_at: Option<Instant>,
    /// Whether the agent's dialog for it has been on the screen.
    shown: bool,
    /// Since when it is not there.
    gone_since: Option<Instant>,
    /// Since when no dialog at all is there.
    clear_since: Option<Instant>,
}

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) id: ApprovalId,
    pub(crate) event_id: Seq,
    pub(crate) since: codepiper_model::Timestamp,
    /// Whether the agent has asked for it on its screen.
    pub(crate) shown: bool,
}

/// Which approvals to read.
pub type ApprovalFilter = ApprovalQuery;

impl Approvals {
    pub(crate) async fn load(
        store: Store,
        events: EventBus,
        policies: PolicyEngine,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Result<Self, EngineError> {
        let read = |db: &codepiper_store::Connection| {
            let open = approvals::open(db, None)?;
            let with_event = open.into_iter().map(|stored| {
                let delivery = deliveries::get(db, &stored.delivery_id)?;
                Ok((stored, delivery.map_or(0, |delivery| delivery.event_id)))
            });
            with_event.collect::<Result<Vec<_>, StoreError>>()
        };
        let open = store.read(read).await?;
        let map = open
            .into_iter()
            .map(|(stored, event_id)| (stored.approval.id, Open::new(stored, event_id)));
        Ok(Self {
            store,
            events,
            policies,
            clock,
            stop,
            open: Arc::new(Mutex::new(map.collect())),
            changing: Arc::default(),
            changes: watch::Sender::new(0),
            settled: Arc::default(),
        })
    }

    /// Approvals, newest first.
    pub async fn list(&self, filter: ApprovalFilter) -> Result<Vec<Approval>, EngineError> {
        let session = filter.session_id;
        let read = move |db: &codepiper_store::Connection| {
            let is_known = match session {
                Some(id) => sessions::get(db, id)?.is_some(),
                None => true,
            };
            Ok((approvals::query(db, filter)?, is_known))
        };
        let (found, is_known) = self.store.read(read).await?;
        match session {
            Some(id) if !is_known => Err(EngineError::no_session(id)),
            _ => Ok(found.into_iter().map(|stored| stored.approval).collect()),
        }
    }

    /// One approval.
    pub async fn get(&self, id: ApprovalId) -> Result<Approval, EngineError> {
        let found = self.store.read(move |db| approvals::get(db, id)).await?;
        let stored = found.ok_or_else(|| EngineError::NotFound {
            code: "approval_not_found",
            message: format!("there is no approval `{id}`"),
        })?;
        Ok(stored.approval)
    }

    /// Changes with every approval.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// What a session has waited for longest.
    pub(crate) fn pending_of(&self, session_id: SessionId) -> Option<Pending> {
        let now = Instant::now();
        let open = self.open();
        let pending = open.values().filter(|open| {
            let approval = &open.stored.approval;
            approval.session_id == session_id
                && approval.status == ApprovalStatus::Pending
                && !open.is_over(now)
        });
        let oldest = pending.min_by_key(|open| (open.stored.approval.created_at, open.event_id))?;
        Some(Pending {
            id: oldest.stored.approval.id,
            event_id: oldest.event_id,
            since: oldest.stored.approval.created_at,
            shown: oldest.shown,
        })
    }

    /// Opens an approval, together with whatever `also` writes.
    pub(crate) async fn open_new(
        &self,
        mut stored: StoredApproval,
        event_id: Seq,
        also: impl FnOnce(&Transaction<'_>) -> Result<String, StoreError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let _guard = self.changing.lock().await;
        let waiting = self.open_of(stored.approval.session_id).len();
        if waiting >= OPEN_MAX {
            return Err(EngineError::TooMany {
                code: "too_many_approvals",
                message: format!("{waiting} requests of this session wait already"),
            });
        }
        let (_, stored) = self
            .events
            .commit(move |tx| {
                stored.decision_id = also(tx)?;
                approvals::insert(tx, &stored)?;
                let approval = &stored.approval;
                let seq = events::append(
                    tx,
                    &event(
                        approval,
                        EventSource::Policy,
                        "ApprovalRequested",
                        approval.created_at,
                    ),
                )?;
                Ok((seq, stored))
            })
            .await?;
        self.open()
            .insert(stored.approval.id, Open::new(stored, event_id));
        self.changed();
        Ok(())
    }

    /// The approval that this report of a hook waits for, whatever became of it.
    pub(crate) async fn of_delivery(
        &self,
        delivery_id: &str,
    ) -> Result<Option<Approval>, EngineError> {
        let name = delivery_id.to_owned();
        let read = move |db: &codepiper_store::Connection| approvals::of_delivery(db, &name);
        let found = self.store.read(read).await?;
        Ok(found.map(|stored| stored.approval))
    }

    /// The agent's own name of the tool call that such a report is about.
    pub(crate) async fn call_of_delivery(
        &self,
        delivery_id: &str,
    ) -> Result<Option<String>, EngineError> {
        let name = delivery_id.to_owned();
        let read = move |db: &codepiper_store::Connection| {
            let Some(stored) = approvals::of_delivery(db, &name)? else {
                return Ok(None);
            };
            let found = decisions::get(db, &stored.decision_id)?;
            Ok::<_, StoreError>(found.and_then(|found| found.tool_use_id))
        };
        Ok(self.store.read(read).await?)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<ApprovalId, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settled(&self) -> MutexGuard<'_, HashMap<SessionId, u64>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something that the session waited for was settled.
    pub(crate) fn settled_of(&self, session_id: SessionId) -> u64 {
        self.settled().get(&session_id).copied().unwrap_or(0)
    }

    fn changed(&self) {
        self.changes.send_modify(|n| *n += 1);
    }

    /// Takes over what was stored of an approval, and wakes the hook that waits for it.
    fn apply(&self, approval: &Approval) {
        let mut open = self.open();
        let Some(entry) = open.get_mut(&approval.id) else {
            return;
        };
        let was_pending = entry.stored.approval.status == ApprovalStatus::Pending;
        entry.stored.approval = approval.clone();
        if was_pending && approval.status != ApprovalStatus::Pending {
            *self.settled().entry(approval.session_id).or_default() += 1;
        }
        if approval.status != ApprovalStatus::Pending {
            entry.told.send_replace(Some(approval.clone()));
        }
        if !matches!(
            approval.status,
            ApprovalStatus::Pending | ApprovalStatus::Answered
        ) {
            open.remove(&approval.id);
        }
        drop(open);
        self.changed();
    }
}

impl Open {
    fn new(stored: StoredApproval, event_id: Seq) -> Self {
        let approval = &stored.approval;
        let told = (approval.status != ApprovalStatus::Pending).then(|| approval.clone());
        Self {
            stored,
            event_id,
            told: watch::Sender::new(told),
            holders: 0,
            left_at: None,
            shown: false,
            gone_since: None,
            clear_since: None,
        }
    }
}

/// The event that says how an approval stands.
fn event(
    approval: &Approval,
    source: EventSource,
    kind: &str,
    at: codepiper_model::Timestamp,
) -> NewEvent {
    NewEvent {
        session_id: approval.session_id,
        timestamp: at,
        source,
        kind: kind.to_owned(),
        payload: json!({
            "approvalId": approval.id,
            "status": approval.status,
            "toolName": approval.tool_name,
            "summary": approval.summary,
            "agentId": approval.agent_id,
            "answer": approval.answer.as_ref().map(audit::shown_answer),
            "closedReason": approval.closed_reason,
        }),
    }
}
