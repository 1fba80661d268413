//! Hooks as processes: how they are found, started, fed and ended.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{TELL, before, settings, told_and};
use crate::support::Pane;

#[test]
fn a_hook_that_fails_has_no_opinion() {
    let allow = before("allow");
    let late = format!("sleep 60; {allow}");
    let command = |command: &str| json!({"type": "command", "command": command});
    let allow = command(&format!("{allow}; exit 1"));
    let missing = json!({"type": "command", "command": "/nowhere/hook", "args": []});
    let late = json!({"type": "command", "command": late, "timeout": 0.05});
    for hook in [missing, command("echo '{\"hook'"), allow, late] {
        let hooks = json!([{"matcher": "Write|Bash", "hooks": [hook]}]);
        let settings = json!({"hooks": {"PreToolUse": hooks, "PermissionRequest": hooks}});
        let pane = Pane::with_settings(&settings, &["RUN: touch made"]);
        pane.see("❯ 1. Yes\n   2. Yes, and don't ask again for this command\n   3. No");
        pane.keys(&["1"]);
        pane.see("● The command succeeded.");
    }
}

#[test]
fn a_program_is_executed_with_its_arguments_as_they_are() {
    let hook = json!({"type": "command", "command": "/bin/sh", "args": ["-c", TELL, "$HOME *"]});
    let named = json!({"matcher": "Write", "hooks": [hook]});
    let other = json!({"matcher": "Bash", "hooks": [hook]});
    let settings = json!({"hooks": {"PreToolUse": [named, other]}});
    let pane = Pane::with_settings(&settings, &["WRITE: a.txt"]);
    pane.see("❯ 1. Yes");
    assert_eq!(pane.heard().len(), 1);
    assert_eq!(pane.heard()[0]["tool_name"], "Write");
}

#[test]
fn settings_that_cannot_be_read_are_shown_and_no_hooks_run() {
    for broken in [false, true] {
        let pane = Pane::start(&["--settings", "none.json"]);
        pane.see("● The settings none.json cannot be read, no hooks run: No such file");
        if broken {
            std::fs::write(pane.path("broken.json"), "{\"hooks\":").unwrap();
            pane.keys(&["C-d"]);
            pane.exit_code();
            pane.restart(&["--settings=broken.json"]);
            pane.see("● The settings broken.json cannot be read, no hooks run: EOF while");
        }
        pane.idle();
        pane.submit("SAY: hello");
        pane.see("● hello");
    }
}

#[test]
fn much_goes_in_and_out_at_once() {
    // It writes more than a pipe holds before it reads more than that.
    let flood = "head -c 300000 /dev/zero; cat > got; head -c 300000 /dev/zero >&2; echo >> got";
    let deaf = "exit 0";
    let hooks = settings(&[("UserPromptSubmit", flood), ("UserPromptSubmit", deaf)]);
    let pane = Pane::with_settings(&hooks, &[]);
    pane.idle();
    let text = format!("SAY: done\n{}", "é line\n".repeat(40_000));
    pane.paste(&text);
    pane.see("[Pasted text,");
    pane.keys(&["Enter"]);
    pane.see("● done");
    let got = std::fs::read_to_string(pane.path("got")).unwrap();
    let payload: Value = serde_json::from_str(&got).unwrap();
    assert_eq!(payload["prompt"], text);
}

#[test]
fn the_end_of_the_session_is_told_but_not_held_up() {
    let stubborn = "trap '' TERM; sleep 20";
    let slow = json!([{"hooks": [
        {"type": "command", "command": stubborn, "timeout": 60},
        {"type": "command", "command": TELL},
    ]}]);
    let settings = json!({"hooks": {"SessionEnd": slow}});
    for (keys, reason) in [
        (&["/exit", "Enter"][..], "prompt_input_exit"),
        (&["EXIT: 3", "Enter"], "other"),
    ] {
        let pane = Pane::with_settings(&settings, &[]);
        pane.idle();
        pane.keys(keys);
        let begun = Instant::now();
        pane.exit_code();
        assert!(begun.elapsed() < Duration::from_secs(15));
        assert_eq!(pane.heard()[0]["reason"], reason);
    }
}

#[test]
fn a_closed_terminal_is_told_and_ends_the_hooks_that_run() {
    let slow = "echo $$ > pid; sleep 60";
    let hooks = told_and(&[("PermissionRequest", slow)]);
    let pane = Pane::with_settings(&hooks, &["RUN: true"]);
    pane.see("❯ 1. Yes");
    pane.made("pid");
    let agent = pane.show("#{pane_pid}");
    pane.tmux(&["kill-session", "-t", "demo"]);
    assert_eq!(pane.hears("SessionEnd")["reason"], "other");
    for id in [agent, std::fs::read_to_string(pane.path("pid")).unwrap()] {
        pane.until("the end of the hook and the agent", || {
            let status = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
            // Nobody may be there to reap the orphan.
            status
                .map_or(true, |status| status.contains(") Z "))
                .then_some(())
        });
    }
}
