use codepiper_model::SessionId;
use serde::{Deserialize, Serialize};

use crate::rule::CompiledRule;
use crate::{PolicyError, Rule};

/// A named list of rules, for every session or for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

impl Policy {
    /// Checks everything that is said, and names the part that is wrong.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.compile().map(drop)
    }

    pub(crate) fn compile(&self) -> Result<Vec<CompiledRule>, PolicyError> {
        for (i, rule) in self.rules.iter().enumerate() {
            if self.rules[..i].iter().any(|earlier| earlier.id == rule.id) {
                let message = format!("`{}` names an earlier rule already", rule.id);
                return Err(PolicyError::new(format!("rules[{i}].id"), message));
            }
        }
        let compiled = self.rules.iter().enumerate();
        compiled
            .map(|(i, rule)| rule.compile().map_err(|e| e.inside(&format!("rules[{i}]"))))
            .collect()
    }
}
