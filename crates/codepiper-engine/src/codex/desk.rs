use std::collections::HashMap;
use std::time::Duration;

use codepiper_model::ApprovalId;
use codepiper_providers::codex::rpc::RequestId;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::leftover::Leftover;

/// How long a no takes to show after a request was answered in the terminal: it comes along with
/// the answer. A yes may not show before the command has ended.
const NO_SHOWS: Duration = Duration::from_millis(500);

/// The requests for leave that one connection waits for.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) asked: HashMap<RequestId, Asked>,
    /// Requests that were answered in the terminal, one cannot yet tell how.
    gone: Vec<Gone>,
    pub(super) answers: JoinSet<()>,
    /// Everything that is asked in each conversation, questions too.
    open: HashMap<RequestId, String>,
    pub(super) leftover: Leftover,
    /// The turn that was interrupted last: what is asked in it is told to be gone only then.
    interrupted: Option<String>,
}

#[derive(Clone)]
pub(super) struct Asked {
    pub(super) turn_id: Option<String>,
    pub(super) delivery_id: String,
}

struct Gone {
    approval: ApprovalId,
    turn_id: Option<String>,
    item_id: Option<String>,
    until: Instant,
}

impl Desk {
    /// Something is asked in a conversation.
    pub(super) fn opened(&mut self, id: RequestId, thread_id: String) {
        self.open.insert(id, thread_id);
    }

    /// That is over.
    pub(super) fn closed(&mut self, id: &RequestId) {
        self.open.remove(id);
    }

    /// Whether something is asked in that conversation.
    pub(super) fn is_asked_by(&self, thread_id: &str) -> bool {
        self.open.values().any(|asking| asking == thread_id)
    }

    /// Somebody else has answered a request, or nobody asks any more. Says whether that was a no
    /// for certain; otherwise it will show.
    pub(super) fn gone(
        &mut self,
        asked: Asked,
        approval: ApprovalId,
        item_id: Option<String>,
    ) -> bool {
        if asked.turn_id.is_some() && asked.turn_id == self.interrupted {
            return true;
        }
        self.gone.push(Gone {
            approval,
            turn_id: asked.turn_id,
            item_id,
            until: Instant::now() + NO_SHOWS,
        });
        false
    }

    /// When a no would have shown.
    pub(super) fn overdue(&self) -> Option<Instant> {
        self.gone.iter().map(|gone| gone.until).min()
    }

    pub(super) fn gone_until(&mut self, now: Instant) -> Vec<ApprovalId> {
        self.extract(|gone| gone.until <= now)
    }

    pub(super) fn of_item(&mut self, id: &str) -> Vec<ApprovalId> {
        self.extract(|gone| gone.item_id.as_deref() == Some(id))
    }

    /// A turn was interrupted; what was just answered in it was answered with no.
    pub(super) fn interrupted(&mut self, turn_id: String) -> Vec<ApprovalId> {
        let of_turn = self.extract(|gone| gone.turn_id.as_ref() == Some(&turn_id));
        self.interrupted = Some(turn_id);
        of_turn
    }

    fn extract(&mut self, which: impl Fn(&Gone) -> bool) -> Vec<ApprovalId> {
        let found = self.gone.extract_if(.., |gone| which(gone));
        found.map(|gone| gone.approval).collect()
    }
}
