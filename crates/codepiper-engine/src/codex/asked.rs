//! Requests for leave: how they are answered, and how it shows what became of them.

use std::sync::Arc;

use codepiper_model::{ApprovalId, ApprovalStatus, DecisionKind};
use codepiper_providers::codex::rpc::{
    Approval, Decision, Item, ItemState, Prompt, RequestId, turn_steer,
};

use super::connection::Connection;
use super::desk::{Asked, Desk};
use super::follow::Follower;
use super::request::report;
use crate::EngineError;
use crate::approvals::Settlement;
use crate::hooks::Hooks;

impl Follower {
    /// Answers a request by the rules, or once a person has answered it.
    pub(super) fn ask(&self, approval: Approval, connection: &Connection, desk: &mut Desk) {
        let report = report(self.live.id, &self.live.subject, &approval);
        let asked = Asked {
            turn_id: approval.turn_id.clone(),
            delivery_id: report.delivery_id.clone(),
        };
        desk.asked.insert(approval.id.clone(), asked);
        let (hooks, subject) = (self.hooks.clone(), Arc::clone(&self.live.subject));
        let (connection, session) = (connection.clone(), self.live.id);
        desk.answers.spawn(async move {
            let delivery_id = report.delivery_id.clone();
            // What cannot be read stays with the dialog in the terminal, unless it was read before: who
            // comes back is not told again which files a patch changes.
            let is_known = hooks.parts.approvals.of_delivery(&delivery_id).await;
            if approval.tool.is_none() && !matches!(is_known, Ok(Some(_))) {
                return;
            }
            let decision = match hooks.ask(&subject, report).await {
                Ok(reply) => reply.decision,
                Err(error) => {
                    tracing::warn!(%session, %error, "a request stays with the terminal");
                    return;
                }
            };
            let decision = match decision {
                DecisionKind::Allow => Decision::Accept,
                DecisionKind::Deny => {
                    say_why(&hooks, &connection, &approval, &delivery_id).await;
                    Decision::Decline
                }
                DecisionKind::Ask | DecisionKind::None => return,
            };
            // Without a connection it is asked again.
            drop(
                connection
                    .answer(approval.answer(decision).to_string())
                    .await,
            );
        });
    }

    /// A request is answered. Where that was not us, it was the terminal, or nobody asks any more.
    pub(super) async fn resolved(&self, id: &RequestId, desk: &mut Desk) {
        let Some(asked) = desk.asked.remove(id) else {
            return;
        };
        let approvals = &self.hooks.parts.approvals;
        let found = async {
            let approval = approvals.of_delivery(&asked.delivery_id).await?;
            let item = approvals.call_of_delivery(&asked.delivery_id).await?;
            Ok::<_, EngineError>(approval.map(|approval| (approval, item)))
        };
        match found.await {
            Ok(Some((approval, item))) if approval.status == ApprovalStatus::Pending => {
                if desk.gone(asked, approval.id, item) {
                    self.settle(vec![approval.id], Settlement::NoInTerminal)
                        .await;
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(session = %self.live.id, %error, "cannot read an approval");
            }
        }
    }

    pub(super) async fn item_ended(&self, item: &Item, desk: &mut Desk) {
        let what = match item.state {
            ItemState::Declined => Settlement::NoInTerminal,
            ItemState::Completed | ItemState::Failed | ItemState::Open => Settlement::YesInTerminal,
        };
        self.settle(desk.of_item(&item.id), what).await;
        // Of a patch that a shell command carries no hook tells.
        let ran = match item.state {
            ItemState::Completed => true,
            ItemState::Declined => false,
            ItemState::Failed | ItemState::Open => return,
        };
        if item.tool.is_none() || item.by_person {
            return;
        }
        let approvals = &self.hooks.parts.approvals;
        if let Err(error) = approvals.tool_ended(self.live.id, &item.id, ran).await {
            tracing::error!(session = %self.live.id, %error, "cannot store what became of a call");
        }
    }

    pub(super) async fn settle(&self, gone: Vec<ApprovalId>, what: Settlement) {
        self.hooks.parts.approvals.settle_each(gone, what).await;
    }
}

/// Tells the model what a person wrote along with a no. A request has no place for it, so it becomes
/// a word of theirs in the turn that goes on: before the answer, so that this is still that turn.
async fn say_why(hooks: &Hooks, connection: &Connection, approval: &Approval, delivery_id: &str) {
    let found = hooks.parts.approvals.of_delivery(delivery_id).await;
    let answer = found.ok().flatten().and_then(|asked| asked.answer);
    let Some(note) = answer.and_then(|answer| answer.note) else {
        return;
    };
    let Some(turn_id) = &approval.turn_id else {
        return;
    };
    let text = note.trim();
    if text.is_empty() {
        return;
    }
    let prompt = Prompt {
        images: &[],
        text,
        client_id: delivery_id,
    };
    let steer = turn_steer(&approval.thread_id, turn_id, prompt);
    if let Err(error) = connection.request(steer).await {
        tracing::warn!(%error, "the model does not hear why it may not");
    }
}
