//! A hook that waits for a person.

use std::time::Duration;

use codepiper_model::{Approval, ApprovalId};
use tokio::time::sleep;

use super::{Approvals, Settlement};
use crate::EngineError;

/// How long a hook may be away before that means that the agent has told it to stop.
const AWAY_MAX: Duration = Duration::from_millis(300);

/// How long hooks that wait have to find a new daemon: they try for a minute.
const RETURN_MAX: Duration = Duration::from_secs(65);

/// One hook that waits; notes when it goes away.
struct Holder<'a> {
    approvals: &'a Approvals,
    id: ApprovalId,
}

impl Approvals {
    /// Waits until there is something to tell the hook, and returns the approval as it is then.
    /// A hook that goes away before that was told to stop: somebody said no in the terminal.
    pub(crate) async fn hold(&self, id: ApprovalId) -> Result<Approval, EngineError> {
        let told = {
            let mut open = self.open();
            open.get_mut(&id).map(|open| {
                open.holders += 1;
                open.told.subscribe()
            })
        };
        let Some(mut told) = told else {
            return self.get(id).await;
        };
        let holder = Holder {
            approvals: self,
            id,
        };
        let approval = tokio::select! {
            approval = told.wait_for(Option::is_some) => approval.ok().and_then(|told| told.clone()),
            () = self.stop.cancelled() => return Err(EngineError::Stopping),
        };
        drop(holder);
        match approval {
            Some(approval) => Ok(approval),
            None => self.get(id).await,
        }
    }

    /// Gives up on the requests of an earlier daemon whose hooks do not come back.
    pub(crate) async fn expire_abandoned(&self) {
        tokio::select! {
            () = sleep(RETURN_MAX) => {}
            () = self.stop.cancelled() => return,
        }
        let abandoned = self.without_holder();
        self.settle_each(abandoned, Settlement::Expired).await;
    }

    /// Lets go of every hook that waits; they go to the next daemon.
    pub fn let_go(&self) {
        self.stop.cancel();
    }

    fn without_holder(&self) -> Vec<ApprovalId> {
        let open = self.open();
        let ids = open.iter().filter(|(_, open)| open.holders == 0);
        ids.map(|(id, _)| *id).collect()
    }
}

impl Drop for Holder<'_> {
    fn drop(&mut self) {
        let is_last = {
            let mut open = self.approvals.open();
            let Some(entry) = open.get_mut(&self.id) else {
                return;
            };
            entry.holders -= 1;
            entry.holders == 0 && entry.told.borrow().is_none()
        };
        // A daemon that stops lets go of its hooks, which come back to the next one.
        if !is_last || self.approvals.stop.is_cancelled() {
            return;
        }
        let (approvals, id) = (self.approvals.clone(), self.id);
        let gone = async move {
            sleep(AWAY_MAX).await;
            let is_gone = approvals
                .open()
                .get(&id)
                .is_some_and(|open| open.holders == 0);
            if is_gone && !approvals.stop.is_cancelled() {
                approvals
                    .settle_each(vec![id], Settlement::NoInTerminal)
                    .await;
            }
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(gone);
        }
    }
}
