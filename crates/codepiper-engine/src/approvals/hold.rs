//! A hook that waits for a person.

use std::time::Duration;

use codepiper_model::{Approval, ApprovalId};
use tokio::time::{Instant, sleep};

use super::{Approvals, Settlement};
use crate::EngineError;

/// How long hooks that wait have to find a new daemon: they try for a minute.
const RETURN_MAX: Duration = Duration::from_secs(65);

/// One hook that waits; notes when it goes away.
struct Holder<'a> {
    approvals: &'a Approvals,
    id: ApprovalId,
}

impl Approvals {
    /// Waits until there is something to tell the hook, and returns the approval as it is then.
    pub(crate) async fn hold(&self, id: ApprovalId) -> Result<Approval, EngineError> {
        let told = {
            let mut open = self.open();
            open.get_mut(&id).map(|open| {
                open.holders += 1;
                open.left_at = None;
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
        // What that means the screen tells.
        if let Some(entry) = self.approvals.open().get_mut(&self.id) {
            entry.left_at = Some(Instant::now());
        }
        self.approvals.changed();
    }
}
