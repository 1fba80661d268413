//! Hooks before a tool is used: they can spare the question, force it, or say no.

use super::{before, told_and};
use crate::support::Pane;

#[test]
fn allowed_before_use_nobody_is_asked() {
    let allow = before("allow");
    let hooks = told_and(&[("PreToolUse", &allow)]);
    let pane = Pane::with_settings(&hooks, &["RUN: touch made"]);
    pane.see("● The command succeeded.");
    pane.hears("Stop");
    assert!(pane.path("made").exists());
    assert!(!pane.events().contains(&"PermissionRequest".into()));
}

#[test]
fn denied_before_use_nothing_runs_and_the_turn_goes_on() {
    let deny = before("deny");
    let refuse = "echo house rules >&2; exit 2";
    for hook in [deny.as_str(), refuse] {
        for mode in [&["--dangerously-skip-permissions"][..], &[]] {
            // The strictest of several decides.
            let allow = before("allow");
            let hooks = told_and(&[("PreToolUse", hook), ("PreToolUse", &allow)]);
            let script = "RUN: touch made\nASK: Well?\nSAY: still here";
            let pane = Pane::with_settings(&hooks, &[mode, &[script]].concat());
            let screen = pane.see("● still here");
            assert!(
                screen.contains("● Bash(touch made)\n  ⎿  house rules\n"),
                "{screen}"
            );
            assert!(
                screen.contains("● Question(Well?)\n  ⎿  house rules\n"),
                "{screen}"
            );
            pane.hears("Stop");
            assert!(!pane.path("made").exists());
            assert_eq!(pane.told()[2], "tool_result: \"house rules\"");
            let block = &pane.transcript()[2]["message"]["content"][0];
            assert_eq!(block["is_error"], true);
            assert_eq!(
                pane.events()[2..],
                [
                    "PreToolUse",
                    "PostToolBatch",
                    "PreToolUse",
                    "PostToolBatch",
                    "Stop"
                ]
            );
            let batch = &pane.heard()[3]["tool_calls"][0];
            assert_eq!(batch["tool_response"], "house rules");
        }
    }
}

#[test]
fn told_to_ask_it_asks_with_two_options_whatever_is_allowed() {
    let ask = before("ask");
    // The first call gets a standing permission.
    let ask = format!("[ ! -e log ] || {ask}");
    for mode in [&["--dangerously-skip-permissions"][..], &[]] {
        let script = "RUN: echo x >> log\nRUN: echo x >> log\nSAY: never";
        let hooks = told_and(&[("PreToolUse", &ask)]);
        let pane = Pane::with_settings(&hooks, &[mode, &[script]].concat());
        if mode.is_empty() {
            pane.see("❯ 1. Yes\n   2. Yes, and");
            pane.hears("PermissionRequest");
            pane.keys(&["2"]);
        }
        pane.see("❯ 1. Yes\n   2. No\n\n Esc to cancel");
        let request = pane.hears("PermissionRequest");
        let named = if mode.is_empty() {
            "default"
        } else {
            "bypassPermissions"
        };
        assert_eq!(request["permission_mode"], named);
        pane.keys(&["2"]);
        pane.see("  ⎿  Rejected");
        assert!(!pane.idle().contains("● never"));
        assert_eq!(std::fs::read_to_string(pane.path("log")).unwrap(), "x\n");
        // A No is told to nobody.
        assert_eq!(pane.events().last().unwrap(), "PermissionRequest");
    }
}

#[test]
fn escape_ends_a_hook_and_the_turn() {
    // Slow the first time only.
    let slow = "[ ! -e pid ] || exit; \
                trap 'touch terminated; exit' TERM; echo $$ > pid; sleep 60 & wait";
    for event in ["UserPromptSubmit", "PreToolUse"] {
        let hooks = told_and(&[(event, slow)]);
        let pane = Pane::with_settings(&hooks, &["RUN: touch made\nSAY: never"]);
        pane.see("✻ Working… (esc to interrupt)");
        pane.made("pid");
        pane.submit("SAY: queued");
        pane.see("1 prompt queued");
        // The settings were read at the start: the next prompt has its hooks all the same.
        std::fs::write(pane.path("settings.json"), "").unwrap();
        pane.keys(&["Escape"]);
        pane.see("  ⎿  Interrupted");
        pane.made("terminated");
        pane.reaped("pid");
        pane.see("● queued");
        pane.hears("Stop");
        assert!(!pane.path("made").exists());
        let stops = pane
            .events()
            .iter()
            .filter(|event| *event == "Stop")
            .count();
        assert_eq!(stops, 1, "an interrupted turn has none");
    }
}
