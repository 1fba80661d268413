//! What agents tell of their context, their cost and their limits.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::codex::{FakeCodex, reply};
use crate::support::TestHome;

/// The status lines that are stored, in the order in which they were told.
fn told(home: &TestHome, id: &str) -> Vec<Value> {
    let path = format!("/sessions/{id}/events?type=StatusLine&order=asc");
    let answer = home.call("GET", &path, &Value::Null);
    answer["events"].as_array().unwrap().clone()
}

fn screen(home: &TestHome, id: &str) -> String {
    home.run(&["tail", id]).ok().stdout
}

/// Writes down what the person's own status line is.
fn draw(home: &TestHome, command: &str) {
    let settings = json!({ "statusLine": { "type": "command", "command": command } });
    std::fs::create_dir_all(home.path(".claude")).unwrap();
    std::fs::write(home.path(".claude/settings.json"), settings.to_string()).unwrap();
}

#[test]
fn claude_tells_its_context_its_cost_and_its_limits_and_draws_the_persons_own_line() {
    let fake = FakeClaude::new();
    let home = FakeClaude::subscribed_home();
    draw(
        &home,
        r#"printf 'mine:'; grep -o '"context_window_size":[0-9]*'"#,
    );
    assert_eq!(
        home.run(&["settings", "statusLine"]).ok().stdout.trim(),
        "false"
    );
    home.run(&["settings", "statusLine", "true"]).ok();
    let url = format!("ANTHROPIC_BASE_URL={}", fake.url());
    let start = [
        "start",
        "-p",
        "claude-code",
        "-b",
        "api",
        "--env",
        &url,
        "--json",
    ];
    let id = home.run(&start).ok().json()["session"]["id"].clone();
    let id = id.as_str().unwrap();
    home.run(&["send", id, "LIMITS: 40 12\nSAY: hello", "--wait"])
        .ok();

    home.until("the status line", || {
        home.session(id)["statusLine"]["limits"][1]["usedPercent"] == 12.0
    });
    let line = &home.session(id)["statusLine"];
    let (percent, tokens) = (&line["context"]["usedPercent"], &line["context"]["tokens"]);
    assert!(
        percent.as_f64().unwrap() > 0.0 && tokens.as_u64().unwrap() > 0,
        "{line}"
    );
    assert!(line["costUsd"].as_f64().unwrap() > 0.0, "{line}");
    let limit = json!({
        "windowMinutes": 300, "usedPercent": 40.0, "resetsAt": "2100-01-01T00:00:00.000Z",
    });
    assert_eq!(line["limits"][0], limit);
    home.until("the person's own line", || {
        screen(&home, id).contains("mine:")
    });
    assert!(screen(&home, id).contains(r#"mine:"context_window_size":"#));
    let shown = home.run(&["show", id]).ok().stdout;
    assert!(shown.contains("5h 40% · 7d 12%"), "{shown}");
    let listed = home.run(&["sessions"]).ok().stdout;
    assert!(
        listed.contains(&format!("{:.0}%", percent.as_f64().unwrap())),
        "{listed}"
    );

    // It draws again and again; what is stored each time says something new.
    std::fs::remove_file(home.path(".claude/settings.json")).unwrap();
    home.run(&["send", id, "LIMITS: 41 12\nSAY: more", "--wait"])
        .ok();
    home.until("a line of our own", || {
        screen(&home, id).contains("· 5h 41% · 7d 12%")
    });
    let told = told(&home, id);
    let payloads: Vec<_> = told.iter().map(|event| &event["payload"]).collect();
    assert!(
        payloads.windows(2).all(|pair| pair[0] != pair[1]),
        "{told:#?}"
    );
    assert!(told.iter().all(|event| event["source"] == "statusline"));
}

#[test]
fn without_the_setting_claude_draws_as_it_did() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    draw(&home, "echo the-old-line");
    let id = fake.start(&home, &[]);
    home.run(&["send", &id, "SAY: hello", "--wait"]).ok();
    home.until("the line", || screen(&home, &id).contains("the-old-line"));
    assert_eq!(told(&home, &id), [] as [Value; 0]);
    assert_eq!(home.session(&id)["statusLine"], Value::Null);
}

#[test]
fn a_status_line_that_fails_or_hangs_is_left_to_itself() {
    let home = TestHome::new();
    let given = json!({ "workspace": { "project_dir": home.work() } }).to_string();
    let drawn = || home.run_with_input(&["status-line"], given.as_bytes());

    draw(&home, "cat >/dev/null; printf half; echo oops >&2; exit 3");
    let failed = drawn();
    assert_eq!((failed.code, failed.stdout.as_str()), (3, "half"));
    assert_eq!(failed.stderr.trim(), "oops");

    // A project's own comes first.
    let project = json!({ "statusLine": { "type": "command",
        "command": "sleep 300 & echo $! >child; echo $$ >shell; wait" } });
    std::fs::create_dir(home.path("work/.claude")).unwrap();
    std::fs::write(home.path("work/.claude/settings.json"), project.to_string()).unwrap();
    let began = Instant::now();
    let hung = drawn();
    assert_eq!((hung.code, hung.stdout.as_str()), (0, ""), "{hung:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    for name in ["work/child", "work/shell"] {
        let pid = std::fs::read_to_string(home.path(name)).unwrap();
        let is_gone = || {
            let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
            status.map_or(true, |status| status.contains(") Z "))
        };
        home.until("its processes are gone", is_gone);
    }
    std::fs::remove_file(home.path(".claude/settings.json")).unwrap();
    let lost = home.run_with_input(&["status-line"], b"no JSON");
    assert_eq!((lost.code, lost.stdout + &lost.stderr), (0, String::new()));
}

#[test]
fn codex_tells_its_context_and_its_limits_by_itself() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    reply(&home, &id, "LIMITS: 40 12\nSAY: hello you");
    home.until("the status line", || {
        let line = &home.session(&id)["statusLine"];
        line["limits"][1]["usedPercent"] == 12.0 && line["context"]["tokens"].is_u64()
    });
    let line = &home.session(&id)["statusLine"];
    assert_eq!(line["limits"][0]["windowMinutes"], 300);
    assert!(line["context"]["window"].as_u64().unwrap() > 0, "{line}");
    assert_eq!(line["costUsd"], Value::Null);
    let told = told(&home, &id);
    assert!(told.iter().all(|event| event["source"] == "app-server"));
    assert!(told.len() <= 3, "{told:#?}");
}
