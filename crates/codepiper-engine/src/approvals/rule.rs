//! A rule for exactly what was answered, for the rest of the session.

use std::path::Path;

use codepiper_model::{Actor, Approval, Permission, Verdict};
use serde_json::{Map, Value, json};

use crate::policies::{NewPolicy, PolicyChange};
use crate::{EngineError, PolicyEngine};

/// Makes the rule and returns its id.
pub(super) async fn make(
    policies: &PolicyEngine,
    approval: &Approval,
    directory: Option<&Path>,
    decision: Permission,
) -> Result<String, EngineError> {
    let action = match decision {
        Permission::Allow => Verdict::Allow,
        Permission::Deny => Verdict::Deny,
    };
    let id = format!("answer-{}", &approval.id.to_string()[..8]);
    let mut rule = json!({
        "id": id,
        "action": action,
        "tool": escaped(&approval.tool_name),
        "cwd": escaped(&approval.cwd.to_string_lossy()),
        "reason": format!("answered before in this session: {}", decision.as_str()),
    });
    let args = arguments(approval);
    if !args.is_empty() {
        rule["args"] = args.into();
    }
    let call = approval.call();
    let no_rule =
        |why: &str, hint: &str| Err(EngineError::conflict_with_hint("no_such_rule", why, hint));
    let would = policies.check(&call, directory, Some(json!([rule])));
    if would.is_ok_and(|would| would.decided_by.is_none()) {
        return no_rule(
            "no rule can be made of this request: one pattern never allows several commands, nor \
             what is computed when it runs",
            "answer it without a rule",
        );
    }
    if let Some(other) = policies
        .evaluate(&call, directory)
        .decided_by()
        .filter(|other| other.action > action)
    {
        let why = format!(
            "rule `{}` of policy `{}` says `{}`, which is stricter: another rule would change nothing",
            other.rule_id,
            other.policy_id,
            other.action.as_str()
        );
        return no_rule(&why, "answer it without a rule, or change that one");
    }
    let policy = format!("answers-{}", approval.session_id.short());
    match policies.get(&policy).await {
        Ok(found) if !found.policy.enabled => {
            let why = format!("policy `{policy}`, which holds such rules, is switched off");
            return no_rule(&why, "`codepiper policy toggle` switches it on");
        }
        Ok(found) => {
            let mut rules = serde_json::to_value(found.policy.rules)
                .ok()
                .and_then(|rules| rules.as_array().cloned())
                .unwrap_or_default();
            rules.push(rule);
            let change = PolicyChange {
                rules: Some(rules.into()),
                ..PolicyChange::default()
            };
            policies.update(&policy, change, Actor::Owner).await?;
        }
        Err(EngineError::NotFound { .. }) => {
            let new = NewPolicy {
                id: Some(policy),
                name: format!("Answers in session {}", approval.session_id.short()),
                description: Some("Made of answers to approvals".to_owned()),
                enabled: true,
                priority: 0,
                session_id: Some(approval.session_id),
                rules: json!([rule]),
            };
            policies.create(new, Actor::Owner).await?;
        }
        Err(error) => return Err(error),
    }
    Ok(id)
}

/// What the same request has: the same file for the tools that write files, and otherwise the same
/// arguments, but for those that only describe it.
fn arguments(approval: &Approval) -> Map<String, Value> {
    const WRITES: [&str; 4] = ["Write", "Edit", "MultiEdit", "NotebookEdit"];
    const DESCRIBES: [&str; 2] = ["description", "timeout"];
    /// What would change what a command may do, should it not be there.
    const ESCAPES: [&str; 2] = ["dangerouslyDisableSandbox", "run_in_background"];

    let tool = approval.tool_name.as_str();
    let is_same = |name: &str| {
        if WRITES.contains(&tool) {
            matches!(name, "file_path" | "notebook_path")
        } else {
            !DESCRIBES.contains(&name)
        }
    };
    let given = approval.tool_input.as_object().into_iter().flatten();
    let mut exact: Map<String, Value> = given
        .filter(|(name, value)| is_same(name) && !value.is_null())
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), escaped(&text).into())
        })
        .collect();
    if tool == "Bash" {
        for name in ESCAPES {
            exact.entry(name).or_insert_with(|| json!(["!true"]));
        }
    }
    exact
}

/// A pattern that matches this text only.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\*?[]{}()|,!@+^".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pattern_of_a_text_has_no_special_characters() {
        assert_eq!(super::escaped("git log (a|b)*"), r"git log \(a\|b\)\*");
    }
}
