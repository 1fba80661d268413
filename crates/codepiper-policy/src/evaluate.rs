use codepiper_model::{Matched, Scope, ToolCall};

use crate::CompiledPolicy;

/// A policy and why it counts.
#[derive(Clone, Copy, Debug)]
pub struct Scoped<'a> {
    /// The policy.
    pub policy: &'a CompiledPolicy,
    /// Why it counts.
    pub scope: Scope,
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

/// Asks every rule. A policy that is switched off or that is for another session says nothing.
pub fn evaluate(policies: &[Scoped<'_>], call: &ToolCall) -> Evaluation {
    let mut matched = Vec::new();
    for Scoped { policy, scope } in policies {
        let counts = policy.source.counts_for(call.session_id);
        for (rule, compiled) in policy.rules().filter(|_| counts) {
            if compiled.matches(call) {
                matched.push(Matched {
                    policy_id: policy.source.id.clone(),
                    rule_id: rule.id.clone(),
                    action: rule.action,
                    scope: *scope,
                    reason: rule.reason.clone(),
                });
            }
        }
    }
    matched.sort_by_key(|hit| std::cmp::Reverse(hit.action));
    Evaluation { matched }
}
