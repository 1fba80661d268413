//! Policies and sets as people keep them in a file.

use std::collections::HashSet;

use codepiper_model::yaml::{Yaml, YamlError};
use codepiper_policy::{CompiledPolicy, Policy, Rule};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::checked_text;
use super::sets::checked_set_id;
use super::view::parsed_rules;
use crate::EngineError;

/// A policy in a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PolicyEntry<R> {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    enabled: bool,
    #[serde(default, skip_serializing_if = "is_zero")]
    priority: i64,
    rules: R,
}

/// A set in a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetEntry {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// Which sessions it is given to is a matter of each machine: what is not said stays.
    #[serde(default, rename = "default", skip_serializing_if = "Option::is_none")]
    pub(super) is_default: Option<bool>,
    #[serde(default)]
    pub(super) policies: Vec<String>,
}

/// A file of several policies or sets.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entries<R> {
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    policies: Vec<PolicyEntry<R>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sets: Vec<SetEntry>,
}

/// A file that was read and checked, as far as that goes without knowing what is kept.
#[derive(Debug)]
pub(super) struct PolicyFile {
    pub(super) policies: Vec<CompiledPolicy>,
    pub(super) sets: Vec<SetEntry>,
    yaml: Yaml,
    is_single: bool,
}

impl PolicyFile {
    pub(super) fn parse(text: &str) -> Result<Self, EngineError> {
        let yaml = Yaml::parse(text)?;
        let is_single = match yaml.value() {
            Value::Object(object) => {
                !object.contains_key("policies") && !object.contains_key("sets")
            }
            Value::Null => return Err(yaml.error_at("", "the file says nothing").into()),
            _ => {
                let message = "a file is a policy with `id`, `name` and `rules`, or has lists of \
                               `policies` and `sets`";
                return Err(yaml.error_at("", message).into());
            }
        };
        let entries: Entries<Value> = if is_single {
            Entries {
                policies: vec![yaml.read()?],
                sets: Vec::new(),
            }
        } else {
            yaml.read()?
        };
        let mut file = Self {
            policies: Vec::new(),
            sets: entries.sets,
            yaml,
            is_single,
        };
        for (i, entry) in entries.policies.into_iter().enumerate() {
            let policy = file.compiled(i, entry)?;
            file.policies.push(policy);
        }
        for set in &mut file.sets {
            set.id = set.id.trim().to_owned();
            set.name = set.name.trim().to_owned();
        }
        file.check_names()?;
        Ok(file)
    }

    /// Something is wrong with the policy at this place, or with a part of it.
    fn policy_error(&self, i: usize, part: &str, message: &str) -> EngineError {
        self.named(&self.policy_path(i, part), message)
    }

    /// The same of a set.
    pub(super) fn set_error(&self, i: usize, part: &str, message: &str) -> EngineError {
        self.named(&format!("sets[{i}].{part}"), message)
    }

    fn named(&self, path: &str, message: &str) -> EngineError {
        let message = format!("`{path}`: {message}");
        self.yaml.error_at(path, message).into()
    }

    fn policy_path(&self, i: usize, part: &str) -> String {
        if self.is_single {
            part.to_owned()
        } else {
            format!("policies[{i}].{part}")
        }
    }

    fn compiled(&self, i: usize, entry: PolicyEntry<Value>) -> Result<CompiledPolicy, EngineError> {
        let text = |field: &str, text: &str, max| {
            checked_text(field, text, max).map_err(|error| {
                let path = self.policy_path(i, field);
                self.yaml.error_at(&path, error.to_string())
            })
        };
        let rules = parsed_rules(entry.rules).map_err(|error| {
            // It may be the name of a field that is wrong.
            let path = self.policy_path(i, &error.path);
            let message = format!("`{path}`: {}", error.message);
            self.yaml.error_at_key(&path, message)
        })?;
        let policy = Policy {
            id: text("id", &entry.id, 100)?,
            name: text("name", &entry.name, 200)?,
            description: entry.description,
            enabled: entry.enabled,
            priority: entry.priority,
            session_id: None,
            rules,
        };
        policy
            .compile()
            .map_err(|error| self.policy_error(i, &error.path, &error.message))
    }

    fn check_names(&self) -> Result<(), EngineError> {
        let mut seen = HashSet::new();
        for (i, policy) in self.policies.iter().enumerate() {
            let id = &policy.source.id;
            if !seen.insert(id) {
                let message = format!("`{id}` names an earlier policy already");
                return Err(self.policy_error(i, "id", &message));
            }
        }
        let mut default = None;
        for (i, set) in self.sets.iter().enumerate() {
            let wrong = |part: &str, message: String| Err(self.set_error(i, part, &message));
            if let Err(error) = checked_set_id(&set.id) {
                return wrong("id", error.to_string());
            }
            if let Err(error) = checked_text("name", &set.name, 200) {
                return wrong("name", error.to_string());
            }
            let earlier = &self.sets[..i];
            if earlier.iter().any(|other| other.id == set.id) {
                return wrong("id", format!("`{}` names an earlier set already", set.id));
            }
            if earlier.iter().any(|other| other.name == set.name) {
                return wrong("name", format!("an earlier set is called `{}`", set.name));
            }
            if set.is_default == Some(true) && default.replace(i).is_some() {
                let message = "only one set can be given to every new session";
                return wrong("default", message.to_owned());
            }
            let mut members = HashSet::new();
            if let Some(j) = set.policies.iter().position(|id| !members.insert(id)) {
                let message = format!("`{}` is in the set already", set.policies[j]);
                return wrong(&format!("policies[{j}]"), message);
            }
        }
        Ok(())
    }
}

/// Policies and sets as a file that says the same; one policy stands by itself.
pub(super) fn written(policies: Vec<Policy>, sets: Vec<SetEntry>) -> Result<String, YamlError> {
    let entry = |policy: Policy| PolicyEntry {
        id: policy.id,
        name: policy.name,
        description: policy.description,
        enabled: policy.enabled,
        priority: policy.priority,
        rules: policy.rules,
    };
    let mut policies: Vec<PolicyEntry<Vec<Rule>>> = policies.into_iter().map(entry).collect();
    if sets.is_empty()
        && policies.len() == 1
        && let Some(only) = policies.pop()
    {
        return codepiper_model::yaml::to_yaml(&only);
    }
    codepiper_model::yaml::to_yaml(&Entries { policies, sets })
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_yes(flag: &bool) -> bool {
    *flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}
