//! Policies as people write them, against tool calls as agents make them.
#![expect(clippy::unwrap_used, reason = "a failure is how a test speaks")]

mod cases;
mod examples;
mod properties;
mod shell_lines;

use codepiper_model::{Scope, ToolCall, Verdict};
use codepiper_policy::{Context, Evaluation, Policy, Scoped, evaluate};
use proptest::test_runner::{Config, RngSeed};
use serde_json::{Value, json};

/// So many cases, and other ones each time, where `CODEPIPER_SOAK` asks for the long proofs;
/// otherwise a tenth of them, always the same.
fn proofs(count: u32) -> Config {
    if std::env::var_os("CODEPIPER_SOAK").is_some() {
        return Config::with_cases(count);
    }
    Config {
        rng_seed: RngSeed::Fixed(7),
        ..Config::with_cases(count / 10)
    }
}

fn policy(rules: &Value) -> Policy {
    let policy = json!({ "id": "p", "name": "p", "enabled": true, "priority": 0, "rules": rules });
    serde_json::from_value(policy).unwrap()
}

fn bash(command: &str) -> ToolCall {
    call(
        "Bash",
        &json!({ "command": command, "description": "whatever" }),
    )
}

fn call(tool: &str, input: &Value) -> ToolCall {
    ToolCall {
        tool_name: tool.to_owned(),
        tool_input: input.clone(),
        cwd: "/srv/app".into(),
        session_id: Some("0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d".parse().unwrap()),
        provider: None,
        mode: None,
    }
}

fn judge(rules: &Value, call: &ToolCall) -> Option<Verdict> {
    let policy = policy(rules);
    ask(&[&policy], call).decided_by().map(|hit| hit.action)
}

fn ask(policies: &[&Policy], call: &ToolCall) -> Evaluation {
    let compiled: Vec<_> = policies
        .iter()
        .map(|policy| (*policy).clone().compile().unwrap())
        .collect();
    let scoped: Vec<_> = compiled
        .iter()
        .map(|policy| Scoped {
            policy,
            scope: Scope::Global,
        })
        .collect();
    evaluate(&scoped, call, &Context::default())
}

#[test]
fn the_strictest_rule_decides_wherever_it_stands() {
    let rules = json!([
        { "id": "all", "action": "allow", "tool": "*" },
        { "id": "push", "action": "ask", "tool": "Bash", "args": { "command": "git push*" } },
        { "id": "force", "action": "deny", "tool": "Bash", "args": { "command": "*--force*" } },
    ]);
    assert_eq!(judge(&rules, &bash("ls")), Some(Verdict::Allow));
    assert_eq!(judge(&rules, &bash("git push")), Some(Verdict::Ask));
    assert_eq!(
        judge(&rules, &bash("git push --force")),
        Some(Verdict::Deny)
    );
    let all = ask(&[&policy(&rules)], &bash("git push --force"));
    let ids: Vec<&str> = all.matched.iter().map(|hit| hit.rule_id.as_str()).collect();
    assert_eq!(ids, ["force", "push", "all"]);
}

#[test]
fn an_allowed_command_allows_no_line_that_does_more() {
    let rules =
        json!([{ "id": "git", "action": "allow", "tool": "Bash", "args": { "command": "git *" } }]);
    assert_eq!(judge(&rules, &bash("git status")), Some(Verdict::Allow));
    for line in [
        "git status; rm -rf /",
        "git log | sh",
        "git log $(x)",
        "git log\nrm x",
        "git x > y",
    ] {
        assert_eq!(judge(&rules, &bash(line)), None, "{line}");
    }
}

#[test]
fn a_denied_command_is_found_in_a_longer_line_by_a_pattern_for_it() {
    let rules = json!([{ "id": "rm", "action": "deny", "args": { "command": "*rm -rf*" } }]);
    for line in [
        "rm -rf /",
        "true; rm -rf /",
        "true\nrm -rf /",
        "sudo rm -rf x && y",
    ] {
        assert_eq!(judge(&rules, &bash(line)), Some(Verdict::Deny), "{line}");
    }
}

#[test]
fn conditions_are_all_needed_and_missing_arguments_match_nothing() {
    let rules = json!([{
        "id": "r", "action": "deny", "tool": ["Write", "Edit"], "cwd": "/srv/*",
        "args": { "file_path": ["*.env", "!*/example.env"] },
    }]);
    let write = |path: &str| call("Write", &json!({ "file_path": path }));
    assert_eq!(judge(&rules, &write("/srv/app/.env")), Some(Verdict::Deny));
    assert_eq!(judge(&rules, &write("/srv/app/example.env")), None);
    assert_eq!(judge(&rules, &call("Write", &json!({}))), None);
    assert_eq!(
        judge(&rules, &call("Read", &json!({ "file_path": ".env" }))),
        None
    );
    let elsewhere = ToolCall {
        cwd: "/home".into(),
        ..write("/x/.env")
    };
    assert_eq!(judge(&rules, &elsewhere), None);
}

#[test]
fn a_list_of_nothing_but_negatives_matches_the_rest() {
    let rules = json!([{ "id": "r", "action": "ask", "tool": ["!Read", "!Glob"] }]);
    assert_eq!(judge(&rules, &call("Read", &json!({}))), None);
    assert_eq!(
        judge(&rules, &call("Write", &json!({}))),
        Some(Verdict::Ask)
    );
}

#[test]
fn only_enabled_policies_of_the_session_count() {
    let mut own = policy(&json!([{ "id": "r", "action": "deny", "tool": "*" }]));
    own.session_id = Some("11111111-5b0a-4c8e-9d0c-2f6d1a7b8c9d".parse().unwrap());
    assert!(ask(&[&own], &bash("ls")).matched.is_empty());
    own.session_id = bash("ls").session_id;
    assert_eq!(ask(&[&own], &bash("ls")).matched.len(), 1);
    own.enabled = false;
    assert!(ask(&[&own], &bash("ls")).matched.is_empty());
}

#[test]
fn what_is_wrong_is_named() {
    for (rules, path) in [
        (json!([{ "id": "r", "action": "allow" }]), "rules[0].tool"),
        (
            json!([{ "id": "", "action": "allow", "tool": "x" }]),
            "rules[0].id",
        ),
        (
            json!([{ "id": "r", "action": "deny", "tool": [] }]),
            "rules[0].tool",
        ),
        (
            json!([{ "id": "r", "action": "deny", "args": {} }]),
            "rules[0].args",
        ),
        (
            json!([{ "id": "r", "action": "deny", "args": { "command": ["ok", "[a"] } }]),
            "rules[0].args.command[1]",
        ),
        (
            json!([{ "id": "r", "action": "deny", "tool": "a" }, { "id": "r", "action": "deny", "tool": "b" }]),
            "rules[1].id",
        ),
    ] {
        assert_eq!(policy(&rules).compile().unwrap_err().path, path, "{rules}");
    }
    let unknown = json!({ "id": "r", "action": "deny", "tools": "Bash" });
    assert!(serde_json::from_value::<codepiper_policy::Rule>(unknown).is_err());
    let unknown = json!({ "id": "r", "action": "forbid", "tool": "Bash" });
    assert!(serde_json::from_value::<codepiper_policy::Rule>(unknown).is_err());
}

#[test]
fn what_is_missing_can_be_denied() {
    let rules = json!([
        { "id": "dry", "action": "deny", "tool": "Bash", "args": { "command": ["deploy*", "!*--dry-run*"] } },
        { "id": "why", "action": "deny", "tool": "mcp__db__run", "args": { "reason": ["!?*"] } },
    ]);
    assert_eq!(judge(&rules, &bash("deploy prod")), Some(Verdict::Deny));
    assert_eq!(judge(&rules, &bash("deploy prod --dry-run")), None);
    for (input, verdict) in [
        (json!({}), Some(Verdict::Deny)),
        (json!({ "reason": null }), Some(Verdict::Deny)),
        (json!({ "reason": "" }), Some(Verdict::Deny)),
        (json!({ "reason": "asked to" }), None),
    ] {
        assert_eq!(
            judge(&rules, &call("mcp__db__run", &input)),
            verdict,
            "{input}"
        );
    }
}
