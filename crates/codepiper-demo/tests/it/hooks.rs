//! Hooks as Claude Code runs them: what they are told and what their answers do.

use serde_json::{Value, json};

use crate::support::Pane;

mod before;
mod beside;
mod order;
mod process;

const ID: &str = "0190f3a2-0000-7000-8000-000000000001";

/// A hook without an opinion that keeps what it was told, a line each.
const TELL: &str = r#"told=$(cat); printf '%s\n' "$told" >> told"#;

const EVENTS: [&str; 10] = [
    "SessionStart",
    "UserPromptSubmit",
    "PreToolUse",
    "PermissionRequest",
    "PostToolUse",
    "PostToolUseFailure",
    "PostToolBatch",
    "Stop",
    "StopFailure",
    "SessionEnd",
];

/// Settings with these shell commands on these events.
fn settings(hooks: &[(&str, &str)]) -> Value {
    let mut settings = json!({"hooks": {}});
    for (event, command) in hooks {
        let group = json!({"hooks": [{"type": "command", "command": command, "timeout": 60}]});
        let groups = &mut settings["hooks"][event];
        match groups.as_array_mut() {
            Some(groups) => groups.push(group),
            None => *groups = json!([group]),
        }
    }
    settings
}

/// All events are told; these hooks come on top.
fn told_and(hooks: &[(&str, &str)]) -> Value {
    let tell: Vec<_> = EVENTS.iter().map(|event| (*event, TELL)).collect();
    settings(&[&tell, hooks].concat())
}

/// A hook of `PreToolUse` that decides so.
fn before(decision: &str) -> String {
    let output = json!({
        "hookEventName": "PreToolUse",
        "permissionDecision": decision,
        "permissionDecisionReason": "house rules",
    });
    format!("echo '{}'", json!({"hookSpecificOutput": output}))
}

impl Pane {
    /// What the telling hooks were told.
    fn heard(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path("told")).unwrap_or_default();
        let lines = text.split_inclusive('\n');
        lines
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The events so far, in order.
    fn events(&self) -> Vec<String> {
        let name = |heard: &Value| heard["hook_event_name"].as_str().unwrap().to_owned();
        self.heard().iter().map(name).collect()
    }

    /// Waits until the latest event is this one.
    fn hears(&self, event: &str) -> Value {
        self.until(&format!("a {event} hook"), || {
            let heard = self.heard().pop()?;
            (heard["hook_event_name"] == event).then_some(heard)
        })
    }

    /// Waits for a file that a hook makes.
    fn made(&self, name: &str) {
        self.until(name, || self.path(name).exists().then_some(()));
    }

    /// Waits until the process whose id a hook left in this file is gone, and reaped.
    fn reaped(&self, name: &str) {
        let id = std::fs::read_to_string(self.path(name)).unwrap();
        let process = format!("/proc/{}", id.trim());
        self.until("a reaped hook", || {
            (!std::fs::exists(&process).unwrap()).then_some(())
        });
    }
}
