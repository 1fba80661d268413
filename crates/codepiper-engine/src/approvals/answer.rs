use std::path::Path;

use codepiper_model::{
    Answer, Approval, ApprovalId, ApprovalStatus, EventSource, Permission, Verdict, Via,
};
use codepiper_store::{approvals, events};

use super::{Approvals, event, rule};
use crate::{EngineError, audit};

/// The longest note.
const NOTE_MAX: usize = 4000;

/// A person's answer.
#[derive(Clone, Debug)]
pub struct AnswerRequest {
    /// What it says.
    pub decision: Permission,
    /// What was read: it must be what is asked.
    pub request_hash: String,
    /// What is added; told to the agent when the answer is no.
    pub note: Option<String>,
    /// Whether to make a rule of it for the rest of the session.
    pub rule: bool,
    /// Who answers.
    pub by: String,
    /// The way the answer comes.
    pub via: Via,
}

/// Why an answer does not count.
#[derive(Clone, Debug)]
pub enum Refused {
    /// There is nothing to answer any more.
    AlreadyAnswered(Box<Approval>),
    /// Something else was read than what is asked.
    RequestChanged(Box<Approval>),
    /// Another reason.
    Error(EngineError),
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        Self::Error(error)
    }
}

impl Approvals {
    /// Answers an approval. The first answer counts.
    pub async fn answer(
        &self,
        id: ApprovalId,
        request: AnswerRequest,
    ) -> Result<Approval, Refused> {
        // A caller that goes away must not leave half an answer.
        let approvals = self.clone();
        let whole = tokio::spawn(async move { approvals.answer_whole(id, request).await });
        whole.await.map_err(EngineError::internal)?
    }

    async fn answer_whole(
        &self,
        id: ApprovalId,
        request: AnswerRequest,
    ) -> Result<Approval, Refused> {
        let note = request.note.as_deref().map(str::trim);
        let note = note.filter(|note| !note.is_empty()).map(str::to_owned);
        if note
            .as_ref()
            .is_some_and(|note| note.chars().count() > NOTE_MAX)
        {
            let message = format!("`note` has more than {NOTE_MAX} characters");
            return Err(EngineError::invalid("note", message).into());
        }
        let _guard = self.changing.lock().await;
        let found = self
            .open()
            .get(&id)
            .map(|open| (open.stored.clone(), open.event_id));
        let Some((stored, _)) = found else {
            return Err(Refused::AlreadyAnswered(Box::new(self.get(id).await?)));
        };
        let mut approval = stored.approval;
        if approval.status != ApprovalStatus::Pending {
            return Err(Refused::AlreadyAnswered(Box::new(approval)));
        }
        if approval.request_hash != request.request_hash {
            return Err(Refused::RequestChanged(Box::new(approval)));
        }
        let directory = self.policies.directory(approval.session_id).await?;
        if request.decision == Permission::Allow {
            self.no_rule_denies(&approval, directory.as_deref())?;
        }
        let rule_id = if request.rule {
            Some(
                rule::make(
                    &self.policies,
                    &approval,
                    directory.as_deref(),
                    request.decision,
                )
                .await?,
            )
        } else {
            None
        };
        let answer = Answer {
            decision: request.decision,
            by: request.by,
            via: request.via,
            note,
            rule_id,
            at: self.clock.now(),
        };
        approval.status = ApprovalStatus::Answered;
        approval.answer = Some(answer.clone());
        let written = approval.clone();
        let job = move |tx: &codepiper_store::Transaction<'_>| {
            approvals::update(tx, &written)?;
            audit::answered(tx, &stored.decision_id, &answer)?;
            let happened = event(&written, EventSource::User, "ApprovalAnswered", answer.at);
            Ok((events::append(tx, &happened)?, ()))
        };
        self.events.commit(job).await?;
        self.apply(&approval);
        Ok(approval)
    }

    /// A rule that denies wins, also one that was made while the request waited.
    fn no_rule_denies(
        &self,
        approval: &Approval,
        directory: Option<&Path>,
    ) -> Result<(), EngineError> {
        let call = approval.call();
        let evaluation = self.policies.evaluate(&call, directory);
        let denied = evaluation
            .decided_by()
            .filter(|rule| rule.action == Verdict::Deny);
        match denied {
            None => Ok(()),
            Some(rule) => Err(EngineError::conflict_with_hint(
                "denied_by_rule",
                format!(
                    "rule `{}` of policy `{}` denies it by now",
                    rule.rule_id, rule.policy_id
                ),
                "deny it, or change the rule first",
            )),
        }
    }
}
