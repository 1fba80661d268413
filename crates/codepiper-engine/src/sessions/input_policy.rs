//! What the rules say of text that is typed through our interface. What Enter would submit is judged
//! before Enter is pressed, whoever typed which part of it. It has one row in the audit where rules
//! speak of typed text, and where it runs a shell line; other words are events like any.

use std::time::Duration;

use codepiper_model::{
    Actor, DecisionKind, DecisionSource, EventSource, Matched, Outcome, Receipt, ReceiptStatus,
    SessionId, Timestamp, ToolCall, Verdict,
};
use codepiper_policy::{TERMINAL_INPUT, TypedKind, TypedLine};
use codepiper_store::{StoreError, Transaction, decisions};
use codepiper_tmux::Input;
use serde_json::{Value, json};

use super::deliver::Delivery;
use super::typing::until;
use super::{Live, SessionManager, Subject};
use crate::EngineError;
use crate::audit::{self, Asked, Ruling};

/// How long an agent may take to show what was typed.
const ECHO: Duration = Duration::from_millis(500);

/// How agents show a long text that was pasted.
const PASTED: &str = "[Pasted text";

/// A line that may be submitted.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    decision_id: String,
    by: Option<String>,
}

impl Judged {
    /// Writes down that it was submitted.
    pub(super) fn submitted(&self, tx: &Transaction<'_>, at: Timestamp) -> Result<(), StoreError> {
        audit::submitted(tx, &self.decision_id, self.by.as_deref(), at)
    }
}

impl SessionManager {
    /// Judges what stands in the agent's prompt, and what is about to be entered there. Nothing is
    /// judged where there is nothing, or where Enter answers a dialog.
    pub(super) async fn judge_prompt(
        &self,
        live: &Live,
        by: Actor,
    ) -> Result<Option<Judged>, EngineError> {
        let typed = live.typed().clone();
        // Where there is no rule nothing can be refused, and nobody is kept waiting.
        if self.parts.policies.has_any(live.id) {
            settled(live, &typed).await;
        }
        if live.read_screen().is_dialog() {
            return Ok(None);
        }
        let shown = live.shown_text();
        let mut texts = Vec::new();
        if !typed.text().trim().is_empty() {
            texts.push(typed.text().to_owned());
        }
        let is_hidden = shown.as_ref().is_none_or(|shown| shown.contains(PASTED));
        if !typed.is_exact() && is_hidden && self.parts.policies.speak_of_typing(live.id) {
            return Err(unreadable(live.id));
        }
        for text in shown.iter().flat_map(|shown| unwrapped(shown)) {
            if !text.trim().is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts.extend(live.completions());
        if texts.is_empty() {
            return Ok(None);
        }
        self.judge_text(live.id, &live.subject, &texts, by).await
    }

    /// Judges a command that stands in the prompt, and takes away one that is refused.
    pub(super) async fn judge_command(
        &self,
        live: &Live,
        input: &Input<'_>,
        delivery: &Delivery,
        by: Actor,
    ) -> Result<Option<Judged>, EngineError> {
        if self.parts.policies.has_any(live.id) {
            let typed = live.typed().clone();
            settled(live, &typed).await;
        }
        let mut texts = vec![delivery.text.as_str().to_owned()];
        texts.extend(live.completions());
        let judged = self.judge_text(live.id, &live.subject, &texts, by).await;
        if let Err(error) = &judged {
            let clear = "ctrl+u".parse().map_err(EngineError::internal)?;
            input.keys(std::slice::from_ref(&clear)).await?;
            let _ = until(live, ECHO, |r| r.has_box && r.box_empty).await;
            *live.typed() = TypedLine::unknown();
            let failed = Receipt {
                id: delivery.id.clone(),
                status: ReceiptStatus::Failed,
                reason: Some(error.to_string()),
            };
            self.advance(live, &failed, delivery.text.as_str()).await?;
        }
        judged
    }

    /// Refuses a text that would be refused once it is typed; that it may wait is not written down.
    pub(super) async fn refuse_early(
        &self,
        id: SessionId,
        subject: &Subject,
        text: &str,
        by: Actor,
    ) -> Result<(), EngineError> {
        let call = call(id, subject, text);
        let matched = self
            .parts
            .policies
            .evaluate(&call, Some(&subject.cwd))
            .matched;
        if refusal(&ruling(matched)).is_none() {
            return Ok(());
        }
        let texts = [text.to_owned()];
        self.judge_text(id, subject, &texts, by).await.map(drop)
    }

    /// Judges a text, of which it is not certain how it reads: `texts` is what it may be, likeliest
    /// first, and the strictest verdict counts.
    pub(super) async fn judge_text(
        &self,
        id: SessionId,
        subject: &Subject,
        texts: &[String],
        by: Actor,
    ) -> Result<Option<Judged>, EngineError> {
        let is_shell = |text: &String| TypedKind::of(text) == TypedKind::Shell;
        if !texts.iter().any(is_shell) && !self.parts.policies.speak_of_typing(id) {
            return Ok(None);
        }
        let calls = texts.iter().map(|text| {
            let call = call(id, subject, text);
            let matched = self
                .parts
                .policies
                .evaluate(&call, Some(&subject.cwd))
                .matched;
            (call, matched)
        });
        let strictest = calls.reduce(|one, other| {
            let action = |matched: &[Matched]| matched.first().map(|hit| hit.action);
            if action(&other.1) > action(&one.1) {
                other
            } else {
                one
            }
        });
        let Some((call, matched)) = strictest else {
            return Err(EngineError::internal("no text to judge"));
        };
        let ruling = ruling(matched);
        let refused = refusal(&ruling);
        let asked = Asked::new(id, &call, &subject.redactor, self.parts.clock.now());
        let by = (ruling.decision == DecisionKind::None).then(|| by.to_string());
        let payload = payload(&call, &asked, &ruling, refused.is_some());
        let is_refused = refused.is_some();
        let record = move |tx: &Transaction<'_>, seq| {
            let decision = audit::record(tx, &asked, seq, &ruling)?;
            if is_refused && let Some(stored) = decisions::get(tx, &decision.id)? {
                audit::came_of(tx, stored, Outcome::Blocked, None, asked.at)?;
            }
            Ok::<_, StoreError>(decision.id)
        };
        let events = &self.parts.events;
        let (_, decision_id) = events
            .emit_with(
                id,
                EventSource::Policy,
                "InputPolicyDecision",
                payload,
                record,
            )
            .await?;
        match refused {
            Some(error) => Err(error),
            None => Ok(Some(Judged { decision_id, by })),
        }
    }
}

/// Waits, but never long, until the screen shows what was typed, and what the agent makes of it.
async fn settled(live: &Live, typed: &TypedLine) {
    if typed.is_exact() {
        let is_echoed = |shown: String| shown.contains(PASTED) || same(&shown, typed.text());
        let echoed = until(live, ECHO, |_| live.shown_text().is_none_or(is_echoed));
        let _ = echoed.await;
    }
    // The menu of commands comes a moment later.
    let is_name =
        |text: &str| text.starts_with('/') && !text.trim_end().contains(char::is_whitespace);
    if live.shown_text().as_deref().is_some_and(is_name) {
        let _ = until(live, ECHO, |_| !live.completions().is_empty()).await;
        live.quiet().await;
    } else if !typed.is_exact() {
        live.quiet().await;
    }
}

/// Whether two texts are the same but for where their rows are broken.
fn same(one: &str, other: &str) -> bool {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    letters(one) == letters(other)
}

fn call(id: SessionId, subject: &Subject, text: &str) -> ToolCall {
    ToolCall {
        tool_name: TERMINAL_INPUT.to_owned(),
        tool_input: json!({
            "input": text,
            "kind": TypedKind::of(text).as_str(),
            "newline": true,
            "provider": subject.provider,
        }),
        cwd: subject.cwd.clone(),
        session_id: Some(id),
        provider: Some(subject.provider),
        mode: None,
    }
}

fn ruling(matched: Vec<Matched>) -> Ruling {
    let first = matched.first();
    let decision = match first.map(|rule| rule.action) {
        Some(Verdict::Deny) => DecisionKind::Deny,
        Some(Verdict::Ask) => DecisionKind::Ask,
        Some(Verdict::Allow) => DecisionKind::Allow,
        None => DecisionKind::None,
    };
    let source = match first {
        Some(_) => DecisionSource::Rule,
        None => DecisionSource::Agent,
    };
    let named = |rule: &Matched| format!("rule `{}` of policy `{}`", rule.rule_id, rule.policy_id);
    Ruling {
        decision,
        source,
        reason: first.map(|rule| rule.reason.clone().unwrap_or_else(|| named(rule))),
        matched,
    }
}

fn refusal(ruling: &Ruling) -> Option<EngineError> {
    let rule = ruling.matched.first()?;
    let (policy, rule_id) = (&rule.policy_id, &rule.rule_id);
    let why = rule.reason.as_deref().map(|why| format!(": {why}"));
    let why = why.unwrap_or_default();
    match rule.action {
        Verdict::Allow => None,
        Verdict::Ask => Some(EngineError::conflict_with_hint(
            "input_asks",
            format!("rule `{rule_id}` of policy `{policy}` wants a person to type this{why}"),
            "type it in `codepiper attach`, or change the rule",
        )),
        Verdict::Deny => Some(EngineError::Forbidden {
            code: "input_denied",
            message: format!("rule `{rule_id}` of policy `{policy}` denies this text{why}"),
        }),
    }
}

fn unreadable(id: SessionId) -> EngineError {
    EngineError::conflict_with_hint(
        "input_unreadable",
        format!(
            "what stands in the prompt of session `{id}` cannot be read, and there are rules about \
             typed text"
        ),
        "clear it with `codepiper keys` and `ctrl+u`, or press Enter in `codepiper attach`",
    )
}

fn payload(call: &ToolCall, asked: &Asked, ruling: &Ruling, is_refused: bool) -> Value {
    let rule = ruling.matched.first();
    let text = call.tool_input["input"].as_str().unwrap_or_default();
    json!({
        "provider": call.provider,
        "tool": call.tool_name,
        "kind": call.tool_input["kind"],
        "cwd": call.cwd,
        "policyAction": ruling.decision,
        "effectiveAction": if is_refused { "deny" } else { "allow" },
        "policyId": rule.map(|rule| &rule.policy_id),
        "ruleId": rule.map(|rule| &rule.rule_id),
        "reason": ruling.reason,
        "newline": true,
        "inputBytes": text.len(),
        "inputHash": asked.request_hash,
    })
}

/// How a text may read whose rows were wrapped: at a blank, in the middle of a word, or by the one
/// who typed it.
fn unwrapped(shown: &str) -> Vec<String> {
    let mut texts = vec![shown.to_owned()];
    if shown.contains('\n') {
        texts.extend([shown.replace('\n', ""), shown.replace('\n', " ")]);
    }
    texts
}
