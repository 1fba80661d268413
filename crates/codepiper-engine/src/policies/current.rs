//! The policies in memory, and for which sessions each of them counts.

use std::collections::{HashMap, HashSet};

use codepiper_model::{Scope, SessionId, Verdict};
use codepiper_policy::{CompiledPolicy, Scoped};
use codepiper_store::policies::{self, StoredPolicy};
use codepiper_store::{Connection, StoreError, policy_sets, sessions};
use serde_json::{Value, json};

use super::plan::Plan;
use super::view::{parsed, wrong};
use crate::EngineError;

/// Everything that has to be known to ask the policies.
#[derive(Debug, Default)]
pub(super) struct Current {
    policies: Vec<Held>,
    /// The sets that each session has.
    given: HashMap<SessionId, HashSet<String>>,
    /// The default actions of the sessions that have one of their own.
    defaults: HashMap<SessionId, Verdict>,
}

#[derive(Debug)]
struct Held {
    compiled: CompiledPolicy,
    /// The sets that it is in. A policy in a set counts only where one of them is given.
    sets: Vec<String>,
}

impl Current {
    pub(super) fn read(db: &Connection) -> Result<Self, StoreError> {
        Self::new(db, policies::all(db)?, policy_sets::members(db)?)
    }

    /// What is kept, as it would be after a plan.
    pub(super) fn after(db: &Connection, plan: &Plan) -> Result<Self, StoreError> {
        let mut rows = policies::all(db)?;
        rows.retain(|row| !plan.policies.iter().any(|(_, new)| new.id == row.id));
        rows.extend(plan.policies.iter().map(|(_, row)| row.clone()));
        let mut members = policy_sets::members(db)?;
        members.retain(|(set, _)| !plan.sets.iter().any(|(_, new, _)| new.id == *set));
        for (_, set, its) in &plan.sets {
            members.extend(its.iter().map(|policy| (set.id.clone(), policy.clone())));
        }
        Self::new(db, rows, members)
    }

    /// Nothing but these, for every session.
    pub(super) fn only(db: &Connection, policies: Vec<CompiledPolicy>) -> Result<Self, StoreError> {
        let held = policies.into_iter().map(|compiled| Held {
            compiled,
            sets: Vec::new(),
        });
        Ok(Self {
            policies: held.collect(),
            given: HashMap::new(),
            defaults: sessions::default_actions(db)?.into_iter().collect(),
        })
    }

    fn new(
        db: &Connection,
        rows: Vec<StoredPolicy>,
        members: Vec<(String, String)>,
    ) -> Result<Self, StoreError> {
        let mut sets: HashMap<String, Vec<String>> = HashMap::new();
        for (set, policy) in members {
            sets.entry(policy).or_default().push(set);
        }
        let mut given: HashMap<SessionId, HashSet<String>> = HashMap::new();
        for (session, set) in policy_sets::given(db)? {
            given.entry(session).or_default().insert(set);
        }
        let policies = rows.into_iter().filter_map(compiled);
        let held = policies.map(|compiled| Held {
            sets: sets.remove(&compiled.source.id).unwrap_or_default(),
            compiled,
        });
        Ok(Self {
            policies: held.collect(),
            given,
            defaults: sessions::default_actions(db)?.into_iter().collect(),
        })
    }

    /// The default action of a session that has one of its own.
    pub(super) fn default_action(&self, session: SessionId) -> Option<Verdict> {
        self.defaults.get(&session).copied()
    }

    /// The policies that have a say in a session, and why.
    pub(super) fn scoped(&self, session: Option<SessionId>) -> Vec<Scoped<'_>> {
        let counts = |held: &'_ Held| self.scope_of(held, session);
        self.policies
            .iter()
            .filter_map(|held| {
                let scope = counts(held)?;
                Some(Scoped {
                    policy: &held.compiled,
                    scope,
                })
            })
            .collect()
    }

    /// Why a policy has a say in a session, where it has one.
    pub(super) fn scope(&self, policy_id: &str, session: Option<SessionId>) -> Option<Scope> {
        let held = self
            .policies
            .iter()
            .find(|held| held.compiled.source.id == policy_id)?;
        self.scope_of(held, session)
    }

    fn scope_of(&self, held: &Held, session: Option<SessionId>) -> Option<Scope> {
        let policy = &held.compiled.source;
        if !policy.counts_for(session) {
            return None;
        }
        if policy.session_id.is_some() {
            return Some(Scope::Session);
        }
        if held.sets.is_empty() {
            return Some(Scope::Global);
        }
        let given = self.given.get(&session?)?;
        let has_one = held.sets.iter().any(|set| given.contains(set));
        has_one.then_some(Scope::Set)
    }
}

/// What was checked when it was saved is checked again: another version may have saved it, or
/// another program. A rule that cannot be used may have been meant to deny anything, so it asks
/// about everything; the others of its policy hold.
fn compiled(mut row: StoredPolicy) -> Option<CompiledPolicy> {
    let given = match std::mem::take(&mut row.rules) {
        Value::Array(rules) => rules,
        // It may have been meant to deny anything.
        other => vec![other],
    };
    let rules = given.into_iter().enumerate().map(|(i, rule)| {
        let one = StoredPolicy {
            rules: json!([rule]),
            ..row.clone()
        };
        match compile(&one) {
            Ok(_) => rule,
            Err(error) => asks_everything(&row.id, i, &error),
        }
    });
    row.rules = rules.collect();
    compile(&row)
        .or_else(|error| {
            row.rules = json!([asks_everything(&row.id, 0, &error)]);
            compile(&row)
        })
        .ok()
}

fn compile(row: &StoredPolicy) -> Result<CompiledPolicy, EngineError> {
    parsed(row)?.compile().map_err(wrong)
}

fn asks_everything(policy: &str, i: usize, error: &EngineError) -> Value {
    tracing::error!(policy, rule = i, %error, "a rule cannot be used: everything is asked");
    json!({
        "id": format!("broken-{i}"),
        "action": "ask",
        "tool": "*",
        "reason": format!("a broken rule: {error}"),
    })
}
