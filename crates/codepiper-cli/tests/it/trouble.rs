//! Turns that end otherwise than by being done, with both real agents against the fake model.

use serde_json::Value;

use crate::claude::FakeClaude;
use crate::codex::FakeCodex;
use crate::support::{TestHome, until};

/// What a prompt comes to: the exit code, what the receipt's reason begins with, and what the
/// session is then said to do and why.
type Case = (&'static str, i32, &'static str, &'static str, &'static str);

#[track_caller]
fn check(home: &TestHome, id: &str, cases: &[Case]) {
    let explain = || {
        home.run(&["providers", "explain", id, "--json"])
            .ok()
            .json()
    };
    for &(prompt, code, reason, state, kind) in cases {
        let done = home.run(&["send", id, prompt, "--wait", "--json", "--timeout", "60"]);
        let context = || {
            let explained = home.run(&["providers", "explain", id]).stdout;
            let screen = home.run(&["tail", id]).stdout;
            format!("{prompt}: {done:?}\n{explained}\n{screen}")
        };
        assert_eq!(done.code, code, "{}", context());
        let sent: Value = serde_json::from_str(done.stdout.lines().next().unwrap()).unwrap();
        let receipt = &sent["receipt"];
        let is_failure = !reason.is_empty();
        let status = if is_failure { "failed" } else { "turn_done" };
        assert_eq!(receipt["status"], status, "{}", context());
        let said = receipt["reason"].as_str().unwrap_or_default();
        assert!(said.starts_with(reason), "{}", context());
        let activity = &home.session(id)["activity"];
        assert_eq!(activity["state"], state, "{}", context());
        assert_eq!(activity["evidence"]["type"], kind, "{}", context());
        assert_eq!(activity["evidence"]["detail"].is_string(), is_failure);
        let explained = explain();
        let signs = explained["signs"].as_array().unwrap();
        let believed = signs.iter().find(|sign| sign["believed"] == true);
        assert_eq!(believed.unwrap()["type"], kind, "{explained}");
        // Its hooks are heard.
        assert_eq!(explained["warnings"], serde_json::json!([]), "{explained}");
    }
}

#[test]
fn a_turn_of_claude_that_failed_is_not_said_to_be_done() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &["--env", "CLAUDE_CODE_MAX_RETRIES=1"]);
    check(
        &home,
        &id,
        &[
            (
                "FAIL: 401",
                7,
                "sign_in_needed: Please run /login",
                "needs_input",
                "sign_in_needed",
            ),
            (
                "FAIL: context_full",
                1,
                "context_full: Prompt is too long",
                "idle",
                "context_full",
            ),
            (
                "FAIL: 529",
                1,
                "api_error: API Error: 529 Overloaded",
                "idle",
                "api_error",
            ),
            (
                "SAY: Half a\nFAIL: 500",
                1,
                "api_error: API Error",
                "idle",
                "api_error",
            ),
            ("SAY: API Error: 529 Overloaded", 0, "", "idle", "Stop"),
            (
                "SAY: You've hit your session limit · resets 3pm",
                0,
                "",
                "idle",
                "Stop",
            ),
        ],
    );
}

#[test]
fn a_subscription_that_is_used_up_waits_for_its_person() {
    let fake = FakeClaude::new();
    let home = FakeClaude::subscribed_home();
    let (url, work) = (format!("ANTHROPIC_BASE_URL={}", fake.url()), home.work());
    let start = [
        "start",
        "-p",
        "claude-code",
        "-b",
        "api",
        "--env",
        &url,
        "--json",
        "-d",
        &work,
    ];
    let id = home.run(&start).ok().json()["session"]["id"].clone();
    let id = id.as_str().unwrap();
    let limit = "usage_limit: You've hit your weekly limit · resets ";
    check(
        &home,
        id,
        &[("FAIL: weekly_limit", 7, limit, "needs_input", "usage_limit")],
    );
    let waited = home.run(&["wait", id, "--until", "needs_input", "--timeout", "5"]);
    assert_eq!(waited.stdout.trim(), "needs_input");
    // Its menu is up: what is typed now would choose from it.
    home.until("the menu", || {
        home.run(&["tail", id]).stdout.contains("Stop and wait")
    });
    assert_eq!(home.run(&["send", id, "SAY: more"]).code, 5);
    home.run(&["keys", id, "escape"]).ok();
    check(&home, id, &[("SAY: more", 0, "", "idle", "Stop")]);
}

/// The session is said to be idle, for this reason.
#[track_caller]
fn until_idle_because(home: &TestHome, id: &str, kind: &str) {
    let explained = || {
        let explained = home.run(&["providers", "explain", id]).stdout;
        explained + &home.run(&["tail", id]).stdout
    };
    until(kind, explained, &mut || {
        let activity = home.session(id)["activity"].clone();
        activity["state"] == "idle" && activity["evidence"]["type"] == kind
    });
}

/// Ends a turn with Esc while it works, and another one while it asks for leave.
#[track_caller]
fn interrupt(home: &TestHome, id: &str, asks: &str) {
    home.run(&["send", id, "SLOW: 60000\nLINES: 100"]).ok();
    home.until("it talks", || {
        home.run(&["tail", id]).stdout.contains("line 2 of")
    });
    home.run(&["keys", id, "escape"]).ok();
    until_idle_because(home, id, "interrupted");
    home.run(&["send", id, asks]).ok();
    home.run(&["wait", id, "--until", "needs_permission", "--timeout", "30"])
        .ok();
    home.run(&["keys", id, "escape"]).ok();
    until_idle_because(home, id, "rejected");
}

#[test]
fn what_a_person_ended_in_claude_is_neither_done_nor_failed() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    interrupt(&home, &id, "RUN: touch refused");
}

#[test]
fn what_a_person_ended_in_codex_is_neither_done_nor_failed() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    interrupt(&home, &id, "ESCALATE: touch refused");
}

#[test]
fn a_turn_of_codex_that_failed_is_not_said_to_be_done() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    check(
        &home,
        &id,
        &[
            (
                "FAIL: 401",
                7,
                "sign_in_needed: unexpected status 401",
                "needs_input",
                "sign_in_needed",
            ),
            (
                "FAIL: session_limit",
                7,
                "usage_limit: You’ve hit your usage limit",
                "needs_input",
                "usage_limit",
            ),
            (
                "FAIL: 400",
                1,
                "api_error: scripted failure",
                "idle",
                "api_error",
            ),
            ("SAY: ■ You’ve hit your usage limit.", 0, "", "idle", "Stop"),
            (
                "FAIL: context_full",
                1,
                "context_full: Codex ran out of room",
                "idle",
                "context_full",
            ),
        ],
    );
    let explained = home
        .run(&["providers", "explain", &id, "--json"])
        .ok()
        .json();
    assert_eq!(
        explained["activity"]["evidence"]["source"], "app-server",
        "{explained}"
    );
}
