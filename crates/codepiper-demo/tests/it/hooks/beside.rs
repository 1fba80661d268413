//! Hooks beside a dialog: whoever answers first has answered.

use serde_json::{Value, json};

use super::{settings, told_and};
use crate::support::Pane;

/// A hook that answers with what is written into the pipe `answer`.
const HELD: &str = "echo $$ > pid; mkfifo answer; cat answer; touch answered";

/// A hook that tells that it was asked to end.
const ENDED: &str = "trap 'touch terminated; exit' TERM; echo $$ > pid; sleep 60 & wait";

fn decision(decision: &Value) -> String {
    let output = json!({"hookEventName": "PermissionRequest", "decision": decision});
    json!({"hookSpecificOutput": output}).to_string()
}

fn allow() -> String {
    decision(&json!({"behavior": "allow"}))
}

fn deny() -> String {
    decision(&json!({"behavior": "deny", "message": "not today"}))
}

impl Pane {
    fn answer(&self, text: &str) {
        self.made("answer");
        std::fs::write(self.path("answer"), text).unwrap();
    }
}

#[test]
fn a_hook_allows_after_a_while() {
    let pane = Pane::with_settings(
        &told_and(&[("PermissionRequest", HELD)]),
        &["RUN: touch made"],
    );
    pane.see("❯ 1. Yes");
    pane.keys(&["Down"]);
    pane.see("❯ 2. Yes");
    assert!(!pane.path("made").exists());
    pane.answer(&allow());
    let screen = pane.see("● The command succeeded.");
    assert!(
        screen.contains("● Bash(touch made)\n  ⎿  Allowed by PermissionRequest hook\n"),
        "{screen}"
    );
    assert!(pane.path("made").exists());
    pane.hears("Stop");
    pane.reaped("pid");
}

#[test]
fn a_hook_denies_and_the_turn_goes_on() {
    let pane = Pane::with_settings(
        &told_and(&[("PermissionRequest", HELD)]),
        &["RUN: touch made\nSAY: still here"],
    );
    pane.see("❯ 1. Yes");
    pane.answer(&deny());
    let screen = pane.see("● still here");
    assert!(
        screen.contains("● Bash(touch made)\n  ⎿  not today\n"),
        "{screen}"
    );
    pane.hears("Stop");
    assert!(!pane.path("made").exists());
    assert_eq!(
        pane.events()[3..],
        ["PermissionRequest", "PostToolBatch", "Stop"]
    );
    assert_eq!(pane.told()[2], "tool_result: \"not today\"");
}

#[test]
fn a_yes_leaves_the_hook_running_and_its_answer_is_ignored() {
    let hook = format!("trap 'touch terminated' TERM; {HELD}");
    let pane = Pane::with_settings(&settings(&[("PermissionRequest", &hook)]), &[]);
    pane.idle();
    pane.submit("RUN: touch made");
    pane.see("❯ 1. Yes");
    pane.made("answer");
    pane.keys(&["1"]);
    pane.see("● The command succeeded.");
    pane.idle();
    pane.answer(&deny());
    pane.made("answered");
    pane.reaped("pid");
    assert!(!pane.path("terminated").exists());
    assert!(!pane.idle().contains("not today"));
}

#[test]
fn a_no_ends_the_hook_at_once() {
    for key in ["Escape", "3", "C-c"] {
        let hooks = settings(&[("PermissionRequest", ENDED), ("Stop", "touch stopped")]);
        let pane = Pane::with_settings(&hooks, &["RUN: touch made\nSAY: never"]);
        pane.see("❯ 1. Yes");
        pane.made("pid");
        pane.keys(&[key]);
        pane.made("terminated");
        pane.see("  ⎿  Rejected");
        pane.idle();
        pane.reaped("pid");
        assert!(!pane.path("made").exists() && !pane.path("stopped").exists());
    }
}

#[test]
fn a_hook_that_was_left_running_ends_with_the_agent() {
    let pane = Pane::with_settings(&settings(&[("PermissionRequest", ENDED)]), &["RUN: true"]);
    pane.see("❯ 1. Yes");
    pane.made("pid");
    pane.keys(&["1"]);
    pane.see("● The command succeeded.");
    pane.idle();
    assert!(!pane.path("terminated").exists());
    pane.keys(&["C-d"]);
    assert_eq!(pane.exit_code(), "0");
    pane.made("terminated");
}

#[test]
fn a_hook_that_takes_too_long_leaves_the_dialog_to_the_person() {
    let hook = json!({"type": "command", "command": ENDED, "timeout": 1});
    let hooks = json!({"hooks": {"PermissionRequest": [{"hooks": [hook]}]}});
    let pane = Pane::with_settings(&hooks, &["RUN: touch made"]);
    pane.made("terminated");
    pane.reaped("pid");
    pane.see("❯ 1. Yes");
    pane.keys(&["1"]);
    pane.see("● The command succeeded.");
}

/// Leave to ask is no answer, a denial is one.
#[test]
fn a_question_is_not_answered_by_allowing_it() {
    let hook = format!(
        "[ -e allowed ] || {{ touch allowed; echo '{}'; exit; }}; {HELD}",
        allow()
    );
    let pane = Pane::with_settings(
        &told_and(&[("PermissionRequest", &hook)]),
        &["ASK: Which one?\nASK: And then?\nSAY: still here"],
    );
    pane.see(" Which one?\n ❯ 1. Option A");
    let heard = pane.hears("PermissionRequest");
    assert_eq!(heard["tool_name"], "AskUserQuestion");
    assert_eq!(
        heard["tool_input"]["questions"][0]["question"],
        "Which one?"
    );
    pane.made("allowed");
    pane.keys(&["2"]);
    pane.see("  ⎿  Option B");
    pane.see(" And then?\n ❯ 1. Option A");
    pane.answer(&deny());
    pane.see("● Question(And then?)\n  ⎿  not today\n\n● still here");
    pane.hears("Stop");
    assert_eq!(
        pane.events()[2..],
        [
            "PreToolUse",
            "PermissionRequest",
            "PostToolUse",
            "PostToolBatch",
            "PreToolUse",
            "PermissionRequest",
            "PostToolBatch",
            "Stop"
        ]
    );
}

#[test]
fn nothing_is_requested_where_nothing_is_asked() {
    let hooks = told_and(&[("PermissionRequest", "touch requested")]);
    let skip = "--dangerously-skip-permissions";
    let pane = Pane::with_settings(&hooks, &[skip, "RUN: true\nWRITE: a.txt"]);
    pane.see("● The file is written.");
    pane.hears("Stop");
    assert_eq!(pane.heard()[2]["permission_mode"], "bypassPermissions");
    assert!(!pane.path("requested").exists());
}
