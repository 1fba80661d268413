//! A rule for exactly what was answered, for the rest of the session.

use codepiper_model::{Actor, Approval, Permission, ToolCall, Verdict};
use serde_json::{Map, Value, json};

use crate::policies::{NewPolicy, PolicyChange};
use crate::{EngineError, PolicyEngine};

/// Makes the rule and returns its id.
pub(super) async fn make(
    policies: &PolicyEngine,
    approval: &Approval,
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
        "reason": format!("answered before in this session: {}", decision.as_str()),
    });
    let args = arguments(approval);
    if !args.is_empty() {
        rule["args"] = args.into();
    }
    let call = ToolCall {
        tool_name: approval.tool_name.clone(),
        tool_input: approval.tool_input.clone(),
        cwd: approval.cwd.clone(),
        session_id: Some(approval.session_id),
        provider: Some(approval.provider),
        mode: None,
    };
    let would = policies.check(&call, Some(json!([rule])))?;
    if would.decided_by.is_none() {
        return Err(EngineError::conflict_with_hint(
            "no_such_rule",
            "no rule can be made of this request: one pattern never allows several commands, nor what \
             is computed when it runs",
            "answer it without a rule",
        ));
    }
    let policy = format!("answers-{}", approval.session_id.short());
    match policies.get(&policy).await {
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

/// What names the thing: the file, the address, the command; everything where that is not known.
fn arguments(approval: &Approval) -> Map<String, Value> {
    const NAMING: [&str; 4] = ["command", "file_path", "notebook_path", "url"];
    let given = approval.tool_input.as_object();
    let given: Vec<(&String, &Value)> = given.into_iter().flatten().collect();
    let naming = given
        .iter()
        .filter(|(name, _)| NAMING.contains(&name.as_str()));
    let chosen: Vec<_> = if naming.clone().count() > 0 {
        naming.copied().collect()
    } else {
        given
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect()
    };
    let exact = chosen.into_iter().map(|(name, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        (name.clone(), escaped(&text).into())
    });
    exact.collect()
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
