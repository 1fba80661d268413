use codepiper_model::{ToolCall, Verdict};
use serde::{Deserialize, Serialize};

use crate::Policy;

/// Why a policy counts for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// It is the session's own.
    Session,
    /// It is in a set that was given to the session.
    Set,
    /// It is for every session.
    Global,
}

/// A policy and why it counts.
#[derive(Clone, Copy, Debug)]
pub struct Scoped<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Why it counts.
    pub scope: Scope,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Matched {
    /// Its policy.
    pub policy_id: String,
    /// Its name.
    pub rule_id: String,
    /// What it says.
    pub action: Verdict,
    /// Why its policy counts.
    pub scope: Scope,
    /// Why it says so.
    pub reason: Option<String>,
}

/// What the rules say of a tool call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Every rule that matched, strictest first; among equals as they were given.
    pub matched: Vec<Matched>,
}

impl Evaluation {
    /// The rule that decides; none where no rule matched.
    pub fn decided_by(&self) -> Option<&Matched> {
        self.matched.first()
    }
}

/// Asks every rule. A policy that is switched off, that is for another session, or that cannot be
/// compiled to what its author meant says nothing; the last is refused when it is saved.
pub fn evaluate(policies: &[Scoped<'_>], call: &ToolCall) -> Evaluation {
    let mut matched = Vec::new();
    for Scoped { policy, scope } in policies {
        let is_for_it = policy
            .session_id
            .is_none_or(|id| call.session_id == Some(id));
        if !policy.enabled || !is_for_it {
            continue;
        }
        let Ok(rules) = policy.compile() else {
            continue;
        };
        let hits = policy
            .rules
            .iter()
            .zip(&rules)
            .filter(|(_, compiled)| compiled.matches(call));
        matched.extend(hits.map(|(rule, _)| Matched {
            policy_id: policy.id.clone(),
            rule_id: rule.id.clone(),
            action: rule.action,
            scope: *scope,
            reason: rule.reason.clone(),
        }));
    }
    matched.sort_by_key(|hit| std::cmp::Reverse(hit.action));
    Evaluation { matched }
}
