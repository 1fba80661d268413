use std::collections::HashSet;

use codepiper_model::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rule::CompiledRule;
use crate::{PolicyError, Rule};

/// Rules that a policy may have.
const RULES_MAX: usize = 2000;

/// A named list of rules, for every session or for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Whether it counts.
    pub enabled: bool,
    /// Where it stands in lists; it decides nothing, the strictest rule does.
    pub priority: i64,
    /// The only session it is for; all by default.
    #[serde(default)]
    pub session_id: Option<SessionId>,
    /// What it says.
    pub rules: Vec<Rule>,
}

/// A policy whose rules can be asked.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    /// The policy as its author wrote it.
    pub source: Policy,
    compiled: Vec<CompiledRule>,
}

impl CompiledPolicy {
    /// Whether one of its rules is about typed text.
    pub fn is_about_typing(&self) -> bool {
        self.compiled.iter().any(CompiledRule::is_about_typing)
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = (&Rule, &CompiledRule)> {
        self.source.rules.iter().zip(&self.compiled)
    }
}

impl Policy {
    /// Whether it has a say in this session, or in none in particular.
    pub fn counts_for(&self, session: Option<SessionId>) -> bool {
        self.enabled && self.session_id.is_none_or(|id| session == Some(id))
    }

    /// Makes its rules ready to be asked, and names the part that is wrong.
    pub fn compile(self) -> Result<CompiledPolicy, PolicyError> {
        if self.rules.len() > RULES_MAX {
            let message = format!("a policy has at most {RULES_MAX} rules; make several of them");
            return Err(PolicyError::new("rules", message));
        }
        let mut names = HashSet::new();
        for (i, rule) in self.rules.iter().enumerate() {
            if !names.insert(&rule.id) {
                let message = format!("`{}` names an earlier rule already", rule.id);
                return Err(PolicyError::new(format!("rules[{i}].id"), message));
            }
        }
        let rules = self.rules.iter().enumerate();
        let compiled = rules
            .map(|(i, rule)| rule.compile().map_err(|e| e.inside(&format!("rules[{i}]"))))
            .collect::<Result<_, _>>()?;
        Ok(CompiledPolicy {
            source: self,
            compiled,
        })
    }
}
