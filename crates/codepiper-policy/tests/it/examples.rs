//! Examples in rules, and what is wrong with the newer matchers.

use serde_json::{Value, json};

use super::policy;

fn wrong(rule: &Value) -> Option<String> {
    let mut rule = rule.clone();
    rule["id"] = "r".into();
    policy(&json!([rule]))
        .compile()
        .err()
        .map(|error| error.path)
}

#[test]
fn examples_are_checked() {
    let rule = |matching: Value, other: Value| json!({ "action": "deny", "command": "rm *", "match": matching, "not_match": other });
    assert_eq!(
        wrong(&rule(
            json!(["rm x", "true; sudo rm x"]),
            json!(["echo 'rm x'"])
        )),
        None
    );
    let found = wrong(&rule(json!(["rm x", "ls"]), json!([])));
    assert_eq!(found.as_deref(), Some("rules[0].match[1]"));
    let found = wrong(&rule(json!([]), json!(["ls", "ls; rm x"])));
    assert_eq!(found.as_deref(), Some("rules[0].not_match[1]"));
    let call = json!({ "tool": "Write", "input": { "file_path": "/etc/x" }, "cwd": "/srv" });
    let outside = json!({ "action": "allow", "path": { "within": "workspace" }, "not_match": [call], "match": ["cat a"] });
    assert_eq!(wrong(&outside), None);
    let unknown = json!({ "id": "r", "action": "deny", "tool": "x", "match": [{ "tool": "x", "inptu": {} }] });
    assert!(serde_json::from_value::<codepiper_policy::Rule>(unknown).is_err());
}

#[test]
fn an_allow_for_one_command_does_not_match_an_example_of_two() {
    let rule = json!({ "action": "allow", "command": "git *", "match": ["git log && git status"], "not_match": ["git log; x", "git log $X"] });
    assert_eq!(wrong(&rule), None);
}

#[test]
fn what_is_wrong_with_a_matcher_is_named() {
    for (rule, path) in [
        (json!({ "action": "deny", "path": {} }), "rules[0].path"),
        (
            json!({ "action": "deny", "path": { "read": ["a", "[b"] } }),
            "rules[0].path.read[1]",
        ),
        (
            json!({ "action": "deny", "path": { "write": [] } }),
            "rules[0].path.write",
        ),
        (json!({ "action": "deny", "mcp": {} }), "rules[0].mcp"),
        (
            json!({ "action": "deny", "mcp": { "tool": "(" } }),
            "rules[0].mcp.tool",
        ),
        (json!({ "action": "deny", "risk": [] }), "rules[0].risk"),
        (
            json!({ "action": "deny", "command": [] }),
            "rules[0].command",
        ),
        (
            json!({ "action": "deny", "command": "rm (" }),
            "rules[0].command",
        ),
        (
            json!({ "action": "deny", "host": ["a", "{"] }),
            "rules[0].host[1]",
        ),
        (json!({ "action": "deny", "mode": "[" }), "rules[0].mode"),
        (
            json!({ "action": "deny", "provider": "[" }),
            "rules[0].provider",
        ),
        (
            json!({ "action": "deny", "args": { "command": "[" } }),
            "rules[0].args.command",
        ),
        (
            json!({ "action": "deny", "reason": "why" }),
            "rules[0].tool",
        ),
        (json!({ "action": "deny", "match": ["x"] }), "rules[0].tool"),
    ] {
        assert_eq!(wrong(&rule).as_deref(), Some(path), "{rule}");
    }
    for rule in [
        json!({ "path": { "reads": "x" } }),
        json!({ "path": { "within": "home" } }),
        json!({ "path": "x" }),
        json!({ "mcp": { "name": "x" } }),
        json!({ "risk": "harmless" }),
        json!({ "risk": ["read", "bad"] }),
        json!({ "command": 1 }),
        json!({ "command": { "a": 1 } }),
        json!({ "commands": "x" }),
        json!({ "match": "x" }),
    ] {
        let mut rule = rule;
        rule["id"] = "r".into();
        rule["action"] = "deny".into();
        assert!(
            serde_json::from_value::<codepiper_policy::Rule>(rule.clone()).is_err(),
            "{rule}"
        );
    }
}

#[test]
fn a_rule_is_written_as_it_was_read() {
    let rule = json!({
        "id": "r", "action": "ask", "command": ["git *"], "path": { "within": "workspace", "read": "a" }, "host": "x",
        "mcp": { "server": "s" }, "risk": ["read", "write_outside"], "mode": "plan", "provider": "claude-code",
        "match": [], "not_match": [],
    });
    let read: codepiper_policy::Rule = serde_json::from_value(rule.clone()).unwrap();
    let mut expected = rule;
    expected
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !name.ends_with("match"));
    assert_eq!(serde_json::to_value(read).unwrap(), expected);
}
