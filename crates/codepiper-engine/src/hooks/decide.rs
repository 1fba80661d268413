//! The answer to a tool call.

use codepiper_model::{
    Approval, ApprovalId, ApprovalStatus, Channel, DecisionKind, DecisionSource, Matched, Outcome,
    Permission, Seq, SessionId, Verdict,
};
use codepiper_providers::{HookAnswer, HookCall, HookFact, HookReading, provider};
use codepiper_store::approvals::StoredApproval;
use codepiper_store::decisions::{self, StoredDecision};
use codepiper_store::{StoreError, Transaction, deliveries};

use super::request::{approval, request};
use super::{HookReply, HookReport, Hooks};
use crate::EngineError;
use crate::audit::{self, Asked, Ruling};
use crate::sessions::Subject;

/// What a report came to.
pub(super) enum Decided {
    /// This is the answer.
    Reply(HookReply),
    /// A person gives it, to this approval.
    Person(ApprovalId),
}

impl Hooks {
    /// Decides on a report that is stored.
    pub(super) async fn decide(
        &self,
        subject: &Subject,
        report: &HookReport,
        event_id: Seq,
        reading: &HookReading,
    ) -> Result<Decided, EngineError> {
        match &reading.fact {
            HookFact::BeforeTool(call) => {
                self.before_tool(subject, report, event_id, reading, call)
                    .await
            }
            HookFact::PermissionAsked(call) => {
                self.permission(subject, report, event_id, reading, call)
                    .await
            }
            HookFact::Unreadable => Ok(Decided::Reply(unreadable(subject, report))),
            _ => Ok(Decided::Reply(HookReply::NOTHING)),
        }
    }

    /// Goes on with a report that was stored before but never answered: its hook has come back
    /// to a daemon that was away.
    pub(super) async fn go_on(
        &self,
        subject: &Subject,
        report: &HookReport,
    ) -> Result<Decided, EngineError> {
        if let Some(approval) = self
            .parts
            .approvals
            .of_delivery(&report.delivery_id)
            .await?
        {
            return Ok(Decided::Person(approval.id));
        }
        let name = report.delivery_id.clone();
        let read = move |db: &codepiper_store::Connection| deliveries::get(db, &name);
        let Some(delivery) = self.parts.store.read(read).await? else {
            return Ok(Decided::Reply(HookReply::NOTHING));
        };
        let reading = provider(subject.provider).read_hook(&report.event, &report.data);
        self.decide(subject, report, delivery.event_id, &reading)
            .await
    }

    /// What the rules say of a tool call, and what the agent is told. Every explicit rule counts
    /// here, whatever mode the agent is in. No rule: no answer.
    pub(super) fn by_rules(
        &self,
        subject: &Subject,
        report: &HookReport,
        reading: &HookReading,
        call: &HookCall,
    ) -> ((Asked, Ruling), HookReply) {
        let (tool_call, asked) = request(subject, report, reading, call);
        let matched = self
            .parts
            .policies
            .evaluate(&tool_call, Some(&subject.cwd))
            .matched;
        let ruling = with_reason(Ruling {
            decision: explicit(&matched, call),
            source: DecisionSource::Agent,
            reason: None,
            matched,
        });
        let ruling = if cannot_be_held(subject, &ruling) {
            without_asking(ruling)
        } else {
            ruling
        };
        let reply = reply(subject, report, &ruling);
        ((asked, ruling), reply)
    }

    /// Decides on a tool call whose event was stored before, and perhaps its decision too. An `ask`
    /// that an agent could not be told is put to a person here.
    async fn before_tool(
        &self,
        subject: &Subject,
        report: &HookReport,
        event_id: Seq,
        reading: &HookReading,
        call: &HookCall,
    ) -> Result<Decided, EngineError> {
        let ((asked, ruling), reply) = self.by_rules(subject, report, reading, call);
        let held = is_held(subject, &ruling).then(|| {
            approval(
                subject,
                &request(subject, report, reading, call).0,
                &asked,
                ruling.matched.clone(),
            )
        });
        let record = move |tx: &Transaction<'_>| {
            let decision = match decisions::of_event(tx, asked.session_id, event_id)? {
                Some(earlier) => audit::rule_again(tx, earlier, event_id, &ruling, asked.at)?,
                None => audit::record(tx, &asked, event_id, &ruling)?,
            };
            Ok::<_, StoreError>(decision.id)
        };
        match held {
            Some(approval) => self.put_to_person(report, event_id, approval, record).await,
            None => self.say(event_id, reply, record).await,
        }
    }

    /// Writes down what was decided and what the hook is told.
    async fn say(
        &self,
        event_id: Seq,
        reply: HookReply,
        record: impl FnOnce(&Transaction<'_>) -> Result<String, StoreError> + Send + 'static,
    ) -> Result<Decided, EngineError> {
        let written = reply.clone();
        let job = move |tx: &Transaction<'_>| {
            record(tx)?;
            Self::keep_answer(tx, event_id, &written)
        };
        self.parts.store.write(job).await?;
        Ok(Decided::Reply(reply))
    }

    /// Writes down what is to be decided, and asks a person.
    async fn put_to_person(
        &self,
        report: &HookReport,
        event_id: Seq,
        approval: Approval,
        record: impl FnOnce(&Transaction<'_>) -> Result<String, StoreError> + Send + 'static,
    ) -> Result<Decided, EngineError> {
        let id = approval.id;
        let stored = StoredApproval {
            approval,
            decision_id: String::new(),
            delivery_id: report.delivery_id.clone(),
        };
        let approvals = &self.parts.approvals;
        approvals.open_new(stored, event_id, record).await?;
        Ok(Decided::Person(id))
    }

    /// The agent would ask now: the default action counts, and every `ask`.
    async fn permission(
        &self,
        subject: &Subject,
        report: &HookReport,
        event_id: Seq,
        reading: &HookReading,
        call: &HookCall,
    ) -> Result<Decided, EngineError> {
        let (tool_call, asked) = request(subject, report, reading, call);
        let matched = self
            .parts
            .policies
            .evaluate(&tool_call, Some(&subject.cwd))
            .matched;
        let earlier = self.earlier(&asked).await?;
        let only_forbids = provider(subject.provider).hook_only_forbids();
        let is_answered = |earlier: &StoredDecision| earlier.decision.outcome == Outcome::Answered;
        if only_forbids && earlier.as_ref().is_some_and(is_answered) {
            // A person was asked before the call, and it would not be made had they said no.
            let reply = HookReply {
                decision: DecisionKind::Allow,
                ..HookReply::NOTHING
            };
            return self.say(event_id, reply, |_| Ok(String::new())).await;
        }
        let was_told = earlier.as_ref().filter(|_| !only_forbids);
        let ruling = self.ruling_on_request(asked.session_id, matched, call, was_told);
        let is_for_person =
            ruling.decision == DecisionKind::Ask && !call.is_question && subject.is_live;
        let at = asked.at;
        let record = {
            let ruling = ruling.clone();
            let asked = asked.clone();
            move |tx: &Transaction<'_>| {
                // It may have got an outcome meanwhile; then this is another call.
                let earlier = match earlier {
                    Some(earlier) => decisions::get(tx, &earlier.decision.id)?,
                    None => None,
                };
                let decision = match earlier {
                    Some(earlier) => audit::rule_again(tx, earlier, event_id, &ruling, at)?,
                    None => audit::record(tx, &asked, event_id, &ruling)?,
                };
                Ok::<_, StoreError>(decision.id)
            }
        };
        if !is_for_person {
            let reply = reply(subject, report, &ruling);
            return self.say(event_id, reply, record).await;
        }
        let approval = approval(subject, &tool_call, &asked, ruling.matched);
        self.put_to_person(report, event_id, approval, record).await
    }

    /// The row that the call got before it was made, as long as nothing has come of it.
    async fn earlier(&self, asked: &Asked) -> Result<Option<StoredDecision>, EngineError> {
        let asked = asked.clone();
        let read = move |db: &codepiper_store::Connection| {
            if let Some(tool_use) = &asked.tool_use_id
                && let Some(found) = decisions::of_tool_use(db, asked.session_id, tool_use)?
            {
                return Ok(Some(found));
            }
            let agent = asked.agent_id.as_deref();
            decisions::open_of_request(db, asked.session_id, agent, &asked.request_hash)
        };
        Ok(self.parts.store.read(read).await?)
    }

    fn ruling_on_request(
        &self,
        session_id: SessionId,
        matched: Vec<Matched>,
        call: &HookCall,
        earlier: Option<&StoredDecision>,
    ) -> Ruling {
        let mut decision = explicit(&matched, call);
        let mut source = DecisionSource::Agent;
        let mut reason = None;
        let was_allowed =
            earlier.is_some_and(|earlier| earlier.decision.decision == DecisionKind::Allow);
        if decision == DecisionKind::Allow && was_allowed {
            // It was told so and asks all the same: a stricter rule of the agent's own.
            decision = DecisionKind::Ask;
            source = DecisionSource::Default;
            reason = Some("the agent's own rules ask although a rule here allows".to_owned());
        } else if matched.is_empty() && !call.is_question {
            source = DecisionSource::Default;
            decision = match self.parts.policies.default_action(Some(session_id)) {
                Verdict::Deny => {
                    reason = Some("no rule allows it, and the default is to deny".to_owned());
                    DecisionKind::Deny
                }
                Verdict::Ask | Verdict::Allow => DecisionKind::Ask,
            };
        }
        with_reason(Ruling {
            decision,
            source,
            matched,
            reason,
        })
    }

    /// Waits for a person's answer.
    pub(super) async fn wait_for_person(
        &self,
        subject: &Subject,
        report: &HookReport,
        id: ApprovalId,
    ) -> Result<HookReply, EngineError> {
        let approval = self.parts.approvals.hold(id).await?;
        let is_ours = matches!(
            approval.status,
            ApprovalStatus::Answered | ApprovalStatus::Effective | ApprovalStatus::Ineffective
        );
        let Some(answer) = approval.answer.filter(|_| is_ours) else {
            let is_held = report.event == "PreToolUse";
            return Ok(if is_held {
                let ruling = Ruling {
                    decision: DecisionKind::Deny,
                    source: DecisionSource::Fallback,
                    matched: Vec::new(),
                    reason: Some("a person was to decide on it, and nobody has".to_owned()),
                };
                reply(subject, report, &ruling)
            } else {
                // Where the terminal was faster there is nothing to say any more.
                HookReply::NOTHING
            });
        };
        let (decision, said) = match answer.decision {
            Permission::Allow => (DecisionKind::Allow, None),
            Permission::Deny => {
                let message = answer.note.unwrap_or_else(|| {
                    "The user does not want this to happen. Do something else, or ask.".to_owned()
                });
                (DecisionKind::Deny, Some(message))
            }
        };
        Ok(HookReply {
            decision,
            stdout: said_to_agent(subject, report, decision, said.as_deref()),
            ..HookReply::NOTHING
        })
    }
}

/// Whether the hook before a call is held open until a person has answered: the agent would not ask
/// them.
pub(super) fn is_held(subject: &Subject, ruling: &Ruling) -> bool {
    is_for_us(subject, ruling) && subject.channel == Channel::AppServer
}

/// Whether a person is to be asked before a call, and its hook must not wait for them: without an
/// app-server nobody at the terminal could tell why it hangs.
fn cannot_be_held(subject: &Subject, ruling: &Ruling) -> bool {
    is_for_us(subject, ruling) && subject.channel != Channel::AppServer
}

/// Whether we have to ask a person before a call because the agent would not.
fn is_for_us(subject: &Subject, ruling: &Ruling) -> bool {
    ruling.decision == DecisionKind::Ask
        && subject.is_live
        && provider(subject.provider).hook_only_forbids()
}

/// What becomes of an `ask` that cannot be asked.
fn without_asking(ruling: Ruling) -> Ruling {
    let rule = ruling.reason.as_deref().unwrap_or("a rule");
    let reason = format!(
        "a person would have to be asked ({rule}), and this Codex runs without the app-server \
         through which it could wait for the answer"
    );
    Ruling {
        decision: DecisionKind::Deny,
        reason: Some(reason),
        ..ruling
    }
}

/// What is written down of a tool call whose hook has given up: the agent was told nothing, or, in a
/// session that is closed without us, no.
pub(super) fn too_late(
    subject: &Subject,
    report: &HookReport,
    reading: &HookReading,
    call: &HookCall,
) -> ((Asked, Ruling), HookReply) {
    let (_, asked) = request(subject, report, reading, call);
    let ruling = Ruling::fallback(subject.fail_closed);
    let reply = reply(subject, report, &ruling);
    ((asked, ruling), reply)
}

/// The answer to a report whose details cannot be read: a tool call like that could be anything.
pub(super) fn unreadable(subject: &Subject, report: &HookReport) -> HookReply {
    let reason = "the tool call cannot be read, so it cannot be judged";
    let decision = match report.event.as_str() {
        "PreToolUse" => DecisionKind::Deny,
        _ => DecisionKind::None,
    };
    HookReply {
        decision,
        stdout: said_to_agent(subject, report, decision, Some(reason)),
        ..HookReply::NOTHING
    }
}

/// What the rules say outright. A question to the person is none that an `allow` could answer, and
/// asking about it would be asking twice.
fn explicit(matched: &[Matched], call: &HookCall) -> DecisionKind {
    match matched.first().map(|rule| rule.action) {
        Some(Verdict::Deny) => DecisionKind::Deny,
        _ if call.is_question => DecisionKind::None,
        Some(Verdict::Ask) => DecisionKind::Ask,
        Some(Verdict::Allow) => DecisionKind::Allow,
        None => DecisionKind::None,
    }
}

/// Names the rule that decided, where one did.
fn with_reason(mut ruling: Ruling) -> Ruling {
    let decides = matches!(
        (ruling.decision, ruling.source),
        (
            DecisionKind::Allow | DecisionKind::Ask | DecisionKind::Deny,
            DecisionSource::Agent
        )
    );
    if let Some(rule) = ruling.matched.first().filter(|_| decides) {
        ruling.source = DecisionSource::Rule;
        ruling.reason =
            Some(rule.reason.clone().unwrap_or_else(|| {
                format!("rule `{}` of policy `{}`", rule.rule_id, rule.policy_id)
            }));
    }
    ruling
}

fn reply(subject: &Subject, report: &HookReport, ruling: &Ruling) -> HookReply {
    HookReply {
        decision: ruling.decision,
        stdout: said_to_agent(subject, report, ruling.decision, ruling.reason.as_deref()),
        ..HookReply::NOTHING
    }
}

fn said_to_agent(
    subject: &Subject,
    report: &HookReport,
    decision: DecisionKind,
    reason: Option<&str>,
) -> Option<String> {
    let reason = reason.unwrap_or("a rule says so");
    let answer = match decision {
        DecisionKind::Allow => HookAnswer::Allow,
        DecisionKind::Deny => HookAnswer::Deny(reason),
        DecisionKind::Ask => HookAnswer::Ask(reason),
        DecisionKind::None => return None,
    };
    provider(subject.provider).hook_answer(&report.event, answer)
}
