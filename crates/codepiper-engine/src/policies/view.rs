use codepiper_model::Timestamp;
use codepiper_policy::{Policy, PolicyError, Rule};
use codepiper_store::policies::StoredPolicy;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::EngineError;

/// A policy, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KeptPolicy)]
pub struct PolicyView {
    /// What it says.
    #[serde(flatten)]
    pub policy: Policy,
    /// Why it cannot be used as it is kept: what cannot be used asks about everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub broken: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What is kept, as what can be asked.
pub(super) fn parsed(row: &StoredPolicy) -> Result<Policy, EngineError> {
    Ok(with_rules(
        row,
        parsed_rules(row.rules.clone()).map_err(wrong)?,
    ))
}

fn with_rules(row: &StoredPolicy, rules: Vec<Rule>) -> Policy {
    Policy {
        id: row.id.clone(),
        name: row.name.clone(),
        description: row.description.clone(),
        enabled: row.enabled,
        priority: row.priority,
        session_id: row.session_id,
        rules,
    }
}

/// Rules as they are given. One without an id is called after its place.
pub(super) fn parsed_rules(mut rules: Value) -> Result<Vec<Rule>, PolicyError> {
    // A list would pass for a rule, and other things would be refused in the words of a programmer.
    let Some(items) = rules.as_array_mut() else {
        return Err(PolicyError::new("rules", "it has to be a list"));
    };
    for (i, item) in items.iter_mut().enumerate() {
        let Some(rule) = item.as_object_mut() else {
            let at = format!("rules[{i}]");
            return Err(PolicyError::new(at, "it has to be an object"));
        };
        rule.entry("id")
            .or_insert_with(|| format!("rule-{}", i + 1).into());
    }
    serde_path_to_error::deserialize(rules).map_err(|error| {
        let path = error.path().to_string();
        let at = if path.starts_with('[') {
            format!("rules{path}")
        } else {
            "rules".to_owned()
        };
        PolicyError::new(at, error.inner().to_string())
    })
}

pub(super) fn view(row: &StoredPolicy) -> PolicyView {
    let (policy, broken) = match parsed(row) {
        Ok(policy) => {
            let broken = policy
                .clone()
                .compile()
                .err()
                .map(|error| error.to_string());
            (policy, broken)
        }
        Err(error) => (with_rules(row, Vec::new()), Some(error.to_string())),
    };
    PolicyView {
        policy,
        broken,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

pub(super) fn wrong(error: PolicyError) -> EngineError {
    let message = error.to_string();
    EngineError::invalid(error.path, message)
}

pub(super) fn no_policy(id: &str) -> EngineError {
    let shown: String = id.chars().take(100).collect();
    EngineError::NotFound {
        code: "policy_not_found",
        message: format!("there is no policy `{shown}`"),
    }
}
