//! The files in `tests/cases`: rules, and for each verdict the calls that must get it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codepiper_model::yaml::Yaml;
use codepiper_model::{RiskClass, Scope, ToolCall, Verdict};
use codepiper_policy::{CompiledPolicy, Context, Files, READY_SETS, Scoped, explain, risk};
use serde::Deserialize;
use serde_json::{Value, json};

use super::policy;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[expect(dead_code, reason = "it is for people")]
    about: String,
    /// Links of the made-up file system.
    #[serde(default)]
    links: BTreeMap<PathBuf, PathBuf>,
    #[serde(default)]
    roots: Vec<PathBuf>,
    #[serde(default)]
    home: Option<PathBuf>,
    #[serde(default)]
    rules: Option<Value>,
    #[serde(default)]
    allow: Vec<Value>,
    #[serde(default)]
    ask: Vec<Value>,
    #[serde(default)]
    deny: Vec<Value>,
    #[serde(default)]
    none: Vec<Value>,
    /// Classes of risk, and the calls that are of it.
    #[serde(default)]
    risk: BTreeMap<String, Vec<Value>>,
}

/// A file system of nothing but links.
struct Links(BTreeMap<PathBuf, PathBuf>);

impl Files for Links {
    fn real(&self, path: &Path) -> Option<PathBuf> {
        let mut real = PathBuf::from("/");
        for part in path.components() {
            match part {
                std::path::Component::ParentDir => drop(real.pop()),
                std::path::Component::Normal(name) => {
                    real.push(name);
                    if let Some(target) = self.0.get(&real) {
                        real.clone_from(target);
                    }
                }
                _ => {}
            }
        }
        Some(real)
    }
}

/// A line for Bash, or `[tool, input]`.
fn call(case: &Value) -> ToolCall {
    let (tool, input) = match case {
        Value::String(line) => ("Bash", json!({ "command": line })),
        other => (other[0].as_str().unwrap(), other[1].clone()),
    };
    ToolCall {
        cwd: "/srv/app".into(),
        ..super::call(tool, &input)
    }
}

fn run(text: &str) -> usize {
    let cases: Cases = serde_json::from_str(text).unwrap();
    let compiled = policy(cases.rules.as_ref().unwrap_or(&json!([])))
        .compile()
        .unwrap();
    check(cases, &[compiled])
}

/// The cases of a ready set, held against its file.
fn run_ready(id: &str, text: &str) -> usize {
    let set = READY_SETS.into_iter().find(|set| set.id == id).unwrap();
    let file = Yaml::parse(set.text).unwrap();
    let policies = file.value()["policies"].as_array().unwrap().iter();
    let compiled: Vec<_> = policies
        .map(|entry| policy(&entry["rules"]).compile().unwrap())
        .collect();
    check(serde_json::from_str(text).unwrap(), &compiled)
}

fn check(cases: Cases, compiled: &[CompiledPolicy]) -> usize {
    let files = Links(cases.links);
    let context = Context {
        home: cases.home.as_deref(),
        roots: &cases.roots,
        files: &files,
    };
    let scoped = compiled.iter().map(|policy| Scoped {
        policy,
        scope: Scope::Global,
    });
    let policies: Vec<_> = scoped.collect();
    let expected = [
        (Some(Verdict::Allow), &cases.allow),
        (Some(Verdict::Ask), &cases.ask),
        (Some(Verdict::Deny), &cases.deny),
        (None, &cases.none),
    ];
    let mut wrong = Vec::new();
    let mut count = 0;
    for (verdict, list) in expected {
        for case in list {
            let said = explain(&policies, &call(case), &context);
            let decided = said.decided_by().map(|hit| hit.action);
            if decided != verdict {
                wrong.push(format!(
                    "{case}: {decided:?}, not {verdict:?}; {:?}",
                    said.commands
                ));
            }
            count += 1;
        }
    }
    for (class, list) in &cases.risk {
        let class: RiskClass = serde_json::from_value(json!(class)).unwrap();
        for case in list {
            let found = risk(&call(case), &context);
            if found.class != class {
                wrong.push(format!("{case}: {found:?}, not {class:?}"));
            }
            count += 1;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    count
}

#[test]
fn commands() {
    assert!(run(include_str!("../cases/command.json")) > 500);
}

#[test]
fn paths() {
    assert!(run(include_str!("../cases/path.json")) > 200);
}

#[test]
fn hosts() {
    assert!(run(include_str!("../cases/host.json")) > 80);
}

#[test]
fn other_matchers() {
    assert!(run(include_str!("../cases/other.json")) > 80);
}

#[test]
fn typed_text() {
    assert!(run(include_str!("../cases/typed.json")) > 25);
}

#[test]
fn read_only() {
    assert!(run_ready("read-only", include_str!("../cases/ready-read-only.json")) > 60);
}

#[test]
fn cautious() {
    assert!(run_ready("cautious", include_str!("../cases/ready-cautious.json")) > 60);
}

#[test]
fn balanced() {
    assert!(run_ready("balanced", include_str!("../cases/ready-balanced.json")) > 60);
}

/// They have parts in common, which must not drift apart.
#[test]
fn ready_sets_agree_on_what_they_share() {
    let part = |set: &str, name: &str| {
        let set = READY_SETS.into_iter().find(|it| it.id == set).unwrap();
        let from = set
            .text
            .find(&format!("  - id: {}-{name}\n", set.id))
            .unwrap();
        let rest = &set.text[from..].replace(set.id, "SET");
        let end = rest[4..]
            .find("\n  - id: ")
            .map_or(rest.len(), |end| end + 4);
        rest[..end]
            .replace("action: ask", "ACTION")
            .replace("action: deny", "ACTION")
    };
    for name in ["secrets", "reading"] {
        assert_eq!(part("cautious", name), part("balanced", name));
        assert_eq!(part("cautious", name), part("read-only", name));
    }
    assert_eq!(part("cautious", "dangers"), part("balanced", "dangers"));
}
