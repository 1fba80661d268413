//! How an approval ends without an answer of ours.

use codepiper_model::{
    Answer, Approval, ApprovalId, ApprovalStatus, ClosedReason, EventSource, Outcome, Permission,
    SessionId, Timestamp, Via,
};
use codepiper_store::approvals::{self, StoredApproval};
use codepiper_store::{StoreError, Transaction, decisions, events, sessions};

use super::{Approvals, event};
use crate::audit;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// The tool was used.
    Ran,
    /// It was not, and the agent goes on.
    NotRun,
    /// The agent does something else; whether the tool was used does not show.
    MovedOn,
    /// The agent's own dialog was answered with yes.
    YesInTerminal,
    /// The agent's own dialog was answered with no.
    NoInTerminal,
    /// The session is over.
    SessionEnded,
    /// Nobody waits for the answer any more.
    Expired,
}

/// Stores what became of a request; returns the approval where that changed it.
pub(crate) fn settle(
    tx: &Transaction<'_>,
    stored: &StoredApproval,
    what: Settlement,
    at: Timestamp,
) -> Result<Option<Approval>, StoreError> {
    use Settlement::{Expired, MovedOn, NoInTerminal, NotRun, Ran, SessionEnded, YesInTerminal};

    let mut approval = stored.approval.clone();
    let answered = approval.answer.as_ref().map(|answer| answer.decision);
    let in_terminal = |decision| Answer {
        decision,
        by: "terminal".to_owned(),
        via: Via::Terminal,
        note: None,
        rule_id: None,
        at,
    };
    let mut outcome = None;
    match (approval.status, what) {
        (ApprovalStatus::Pending, Ran | YesInTerminal | NoInTerminal) => {
            let decision = if what == NoInTerminal {
                outcome = Some(Outcome::Blocked);
                Permission::Deny
            } else {
                Permission::Allow
            };
            let answer = in_terminal(decision);
            audit::answered(tx, &stored.decision_id, &answer)?;
            approval.answer = Some(answer);
            close(&mut approval, ClosedReason::AnsweredInTerminal);
        }
        (ApprovalStatus::Pending, NotRun | MovedOn) => {
            close(&mut approval, ClosedReason::AgentMovedOn);
        }
        (ApprovalStatus::Pending, SessionEnded) => close(&mut approval, ClosedReason::SessionEnded),
        (ApprovalStatus::Pending, Expired) => approval.status = ApprovalStatus::Expired,
        // What was allowed may have been begun and interrupted.
        (ApprovalStatus::Answered, MovedOn) if answered == Some(Permission::Allow) => {
            close(&mut approval, ClosedReason::AgentMovedOn);
        }
        (ApprovalStatus::Answered, Ran | NotRun | MovedOn) => {
            let counted = (answered == Some(Permission::Allow)) == (what == Ran);
            approval.status = if counted {
                ApprovalStatus::Effective
            } else {
                ApprovalStatus::Ineffective
            };
            outcome = (what != Ran).then_some(Outcome::Blocked);
        }
        (ApprovalStatus::Answered, SessionEnded) => {
            approval.status = ApprovalStatus::Ineffective;
        }
        _ => return Ok(None),
    }
    approvals::update(tx, &approval)?;
    if let Some(outcome) = outcome
        && let Some(decision) = decisions::get(tx, &stored.decision_id)?
    {
        audit::came_of(tx, decision, outcome, None, at)?;
    }
    let kind = match approval.status {
        ApprovalStatus::Effective => "ApprovalEffective",
        ApprovalStatus::Ineffective => "ApprovalIneffective",
        ApprovalStatus::Expired => "ApprovalExpired",
        _ => "ApprovalClosed",
    };
    events::append(tx, &event(&approval, EventSource::Policy, kind, at))?;
    Ok(Some(approval))
}

fn close(approval: &mut Approval, why: ClosedReason) {
    approval.status = ApprovalStatus::Closed;
    approval.closed_reason = Some(why);
}

impl Approvals {
    /// Settles what is open of these; one that cannot be stored stays open.
    pub(crate) async fn settle_each(&self, ids: Vec<ApprovalId>, what: Settlement) {
        for id in ids {
            let _guard = self.changing.lock().await;
            let found = self.open().get(&id).map(|open| open.stored.clone());
            let Some(stored) = found else { continue };
            let at = self.clock.now();
            let job = move |tx: &Transaction<'_>| {
                let settled = settle(tx, &stored, what, at)?;
                Ok((events::last(tx)?, settled))
            };
            match self.events.commit(job).await {
                Ok((_, Some(approval))) => self.apply(&approval),
                Ok((_, None)) => {}
                Err(error) => tracing::error!(approval = %id, %error, "cannot settle an approval"),
            }
        }
    }

    /// Settles everything that is open of a session that is over.
    pub(crate) async fn session_ended(&self, session_id: SessionId) {
        let ids = self.open_of(session_id);
        self.settle_each(ids, Settlement::SessionEnded).await;
        self.settled().remove(&session_id);
    }

    /// Settles what is open of a session whose agent has lost all that waited for an answer.
    pub(crate) async fn nobody_waits(&self, session_id: SessionId) {
        let ids = self.open_of(session_id);
        self.settle_each(ids, Settlement::Expired).await;
    }

    /// Settles what is open of sessions that ended while no daemon was there to see it.
    pub(crate) async fn close_of_ended(&self) -> Result<(), crate::EngineError> {
        let live = self.store.read(sessions::live).await?;
        let is_live = |id| live.iter().any(|stored| stored.session.id == id);
        let ended: Vec<ApprovalId> = {
            let open = self.open();
            let of_ended = open
                .iter()
                .filter(|(_, open)| !is_live(open.stored.approval.session_id));
            of_ended.map(|(id, _)| *id).collect()
        };
        self.settle_each(ended, Settlement::SessionEnded).await;
        Ok(())
    }

    /// Runs `commit` with what is open of a session, while nothing else can change it, and takes
    /// over what it settled.
    pub(crate) async fn while_unchanged<T, F>(
        &self,
        session_id: SessionId,
        commit: impl FnOnce(Vec<StoredApproval>) -> F,
    ) -> Result<T, crate::EngineError>
    where
        F: Future<Output = Result<(T, Vec<Approval>), crate::EngineError>>,
    {
        let _guard = self.changing.lock().await;
        let open = {
            let open = self.open();
            let of_session = open
                .values()
                .filter(|open| open.stored.approval.session_id == session_id);
            of_session.map(|open| open.stored.clone()).collect()
        };
        let (value, settled) = commit(open).await?;
        for approval in &settled {
            self.apply(approval);
        }
        Ok(value)
    }

    /// Writes down what became of a tool call, by the agent's own name for it, and settles what is
    /// open of it.
    pub(crate) async fn tool_ended(
        &self,
        session_id: SessionId,
        tool_use_id: &str,
        ran: bool,
    ) -> Result<(), crate::EngineError> {
        let (what, outcome) = if ran {
            (Settlement::Ran, Outcome::Ran)
        } else {
            (Settlement::NotRun, Outcome::Blocked)
        };
        let (tool_use_id, at) = (tool_use_id.to_owned(), self.clock.now());
        let commit = |open: Vec<StoredApproval>| async move {
            let write = move |tx: &Transaction<'_>| {
                let mut settled = Vec::new();
                if let Some(found) = decisions::of_tool_use(tx, session_id, &tool_use_id)? {
                    let id = found.decision.id;
                    for stored in open.iter().filter(|stored| stored.decision_id == id) {
                        settled.extend(settle(tx, stored, what, at)?);
                    }
                    if let Some(found) = decisions::get(tx, &id)? {
                        audit::came_of(tx, found, outcome, None, at)?;
                    }
                }
                Ok((events::last(tx)?, settled))
            };
            let (_, settled) = self.events.commit(write).await?;
            Ok(((), settled))
        };
        self.while_unchanged(session_id, commit).await
    }

    /// Whether anything of the session is open.
    pub(crate) fn has_open(&self, session_id: SessionId) -> bool {
        !self.open_of(session_id).is_empty()
    }

    pub(super) fn open_of(&self, session_id: SessionId) -> Vec<ApprovalId> {
        let open = self.open();
        let of_session = open
            .iter()
            .filter(|(_, open)| open.stored.approval.session_id == session_id);
        of_session.map(|(id, _)| *id).collect()
    }
}
