//! What agents ask and report while the daemon is away.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::moments::Moments;
use crate::support::TestHome;

#[test]
fn requests_that_wait_for_a_person_survive_a_killed_daemon() {
    let fake = FakeClaude::new();
    let mut home = FakeClaude::home();
    let ids = [
        fake.start(&home, &[]),
        fake.start(&home, &[]),
        home.demo(&[]),
    ];
    for (i, id) in ids.iter().enumerate() {
        home.run(&["wait", id, "--timeout", "30"]).ok();
        let prompt = format!("RUN: touch made-{i}\nSAY: went on {i}");
        let done = home.run(&["send", id, &prompt, "--wait", "--timeout", "30"]);
        assert_eq!(done.code, 7, "{done:?}");
    }
    let before: Vec<Value> = ids.iter().map(|id| home.pending(id)).collect();
    home.kill_daemon();
    home.start_daemon();
    for (i, id) in ids.iter().enumerate() {
        let approval = home.pending(id);
        assert_eq!(approval, before[i], "the same request goes on");
        home.until("the session is known to wait", || {
            home.session(id)["activity"]["approvalId"] == approval["id"]
        });
        let decision = if i == 1 { "deny" } else { "allow" };
        assert_eq!(home.answer(&approval, decision, "").0, 200);
        home.until("the agent goes on", || {
            home.run(&["tail", id])
                .stdout
                .contains(&format!("● went on {i}"))
        });
        assert_eq!(home.path(&format!("work/made-{i}")).exists(), i != 1);
        home.until("the answer is effective", || {
            home.approval(&approval["id"])["status"] == "effective"
        });
        let asked = home.events(id);
        let asked = asked
            .iter()
            .filter(|event| event["type"] == "PermissionRequest");
        assert_eq!(asked.count(), 1);
    }
}

/// Sub-agents behind the scenes show no dialog while they wait.
#[test]
fn requests_without_a_dialog_survive_a_killed_daemon() {
    let fake = FakeClaude::new();
    let mut home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    let prompt = "TOOL: Agent {\"description\":\"b\",\"prompt\":\"RUN: touch back\\nSAY: b\",\
                  \"subagent_type\":\"general-purpose\",\"run_in_background\":true}\nSAY: it works";
    home.run(&["send", &id, prompt]).ok();
    let approval = home.pending(&id);
    home.kill_daemon();
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        std::thread::park_timeout(until - Instant::now());
    }
    home.start_daemon();
    let until = Instant::now() + Duration::from_secs(4);
    while Instant::now() < until {
        assert_eq!(home.approval(&approval["id"])["status"], "pending");
        std::thread::park_timeout(Duration::from_millis(200));
    }
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("it ran", || home.path("work/back").exists());
}

#[test]
fn whatever_lies_in_the_spool_stops_nothing() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    home.kill_daemon();
    let spool = home.path(".codepiper/spool");
    let report = |n: u8| {
        json!({
            "sessionId": id, "event": "Notification", "data": { "n": n },
            "deliveryId": format!("0f5d3b9e-5b0a-7c8e-9d0c-2f6d1a7b8c0{n}"),
            "at": "2026-11-23T10:00:00.000Z", "fallback": "none",
        })
        .to_string()
    };
    std::fs::write(spool.join("2026-1.json"), report(1)).unwrap();
    std::fs::create_dir(spool.join("2026-2.json")).unwrap();
    std::os::unix::fs::symlink("/nowhere", spool.join("2026-3.json")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", spool.join("2026-4.json")).unwrap();
    let fifo = std::process::Command::new("mkfifo")
        .arg(spool.join("2026-5.json"))
        .status();
    assert!(fifo.unwrap().success());
    std::fs::write(spool.join("2026-6.json"), "no JSON").unwrap();
    std::fs::write(spool.join("2026-7.json"), report(7)).unwrap();
    home.start_daemon();
    home.run(&["sessions"]).ok();
    let events = home.events(&id);
    let taken: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "Notification")
        .map(|event| &event["payload"]["n"])
        .collect();
    assert_eq!(taken, [&json!(1), &json!(7)]);
    assert_eq!(std::fs::read_dir(spool.join("refused")).unwrap().count(), 5);
}

#[test]
fn an_answer_given_before_the_hook_is_back_still_counts() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch made\nSAY: went on"])
        .ok();
    let approval = home.pending(&id);
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("it ran", || home.path("work/made").exists());
}

#[test]
fn a_dialog_answered_while_no_daemon_ran_is_no_request_any_more() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch made\nSAY: went on"])
        .ok();
    let approval = home.pending(&id);
    let attach = home.session(&id)["attach"].clone();
    home.kill_daemon();
    let mut tmux = std::process::Command::new("tmux");
    let target = format!("=codepiper-{id}:");
    tmux.args([
        "-N",
        "-S",
        attach[2].as_str().unwrap(),
        "send-keys",
        "-t",
        &target,
        "1",
    ]);
    assert!(tmux.status().unwrap().success());
    home.until("it ran", || home.path("work/made").exists());
    home.start_daemon();
    home.until("the approval is closed", || {
        home.approval(&approval["id"])["closedReason"] == "answered_in_terminal"
    });
    assert_eq!(home.decisions(&id)[0]["outcome"], "ran");
}

/// The daemon goes away in the middle of a turn, again and again: what it knows afterwards is what
/// the agent sent, by the record of another hook.
#[test]
fn the_log_is_what_the_agent_sent_whenever_the_daemon_was_away() {
    let (rounds, away) = if std::env::var_os("CODEPIPER_SOAK").is_some() {
        (20, Duration::from_secs(30))
    } else {
        (2, Duration::from_secs(6))
    };
    let fake = FakeClaude::new();
    let mut home = FakeClaude::home();
    let truth = record_hooks(&home);
    let id = fake.start(&home, &["--dangerous", "--env", "IS_SANDBOX=1"]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    let mut moments = Moments::new();
    for round in 0..rounds {
        let mut steps: Vec<String> = (0..25).map(|n| format!("RUN: echo {round}-{n}")).collect();
        steps.push(format!("SAY: round {round} is over"));
        let prompt = steps.join("\n");
        home.run(&["send", &id, &prompt]).ok();
        let reached = moments.next() % 20;
        let mark = format!("{round}-{reached}");
        home.until("the turn has come so far", || {
            std::fs::read_dir(&truth).unwrap().flatten().any(|entry| {
                std::fs::read_to_string(entry.path()).is_ok_and(|text| text.contains(&mark))
            })
        });
        home.kill_daemon();
        let until = Instant::now() + away;
        while Instant::now() < until {
            std::thread::park_timeout(until - Instant::now());
        }
        home.start_daemon();
        let end = Instant::now() + Duration::from_mins(2);
        while !home
            .run(&["tail", &id])
            .stdout
            .contains(&format!("● round {round} is over"))
        {
            assert!(
                Instant::now() < end,
                "the turn never ends\n{}",
                home.daemon_log()
            );
            std::thread::park_timeout(Duration::from_millis(100));
        }
        home.run(&["wait", &id, "--timeout", "30"]).ok();
    }
    let sent = recorded(&truth);
    let known = hook_events(&home, &id);
    let (sent_counts, known_counts) = (counts(&sent), counts(&known));
    for (event, n) in &sent_counts {
        let known = known_counts.get(event).copied().unwrap_or(0);
        assert_eq!(known, *n, "sent {n} times, known {known} times: {event}");
    }
    assert_eq!(
        known_counts.len(),
        sent_counts.len(),
        "something was never sent"
    );
    assert_eq!(known, sent, "in the order in which it was sent");
    assert_eq!(
        std::fs::read_dir(home.path(".codepiper/spool"))
            .unwrap()
            .count(),
        0
    );
}

/// Has Claude run a second hook, which writes each event into a file of its own.
fn record_hooks(home: &TestHome) -> std::path::PathBuf {
    let truth = home.path("truth");
    std::fs::create_dir(&truth).unwrap();
    let script = home.path("record.sh");
    let dir = truth.display();
    // A whole file appears at once, named by the time.
    std::fs::write(
        &script,
        format!("t={dir}/$(date +%s%N)-$$\ncat > {dir}/.$$ && mv {dir}/.$$ $t\n"),
    )
    .unwrap();
    let hook = json!({ "type": "command", "command": format!("sh {}", script.display()) });
    let events = [
        "UserPromptSubmit",
        "PreToolUse",
        "PostToolUse",
        "PostToolUseFailure",
        "PostToolBatch",
        "Stop",
    ];
    let hooks: BTreeMap<_, _> = events
        .into_iter()
        .map(|event| (event, json!([{ "hooks": [hook] }])))
        .collect();
    std::fs::create_dir_all(home.path(".claude")).unwrap();
    let settings = json!({ "hooks": hooks });
    std::fs::write(home.path(".claude/settings.json"), settings.to_string()).unwrap();
    truth
}

/// What was sent, in order; an event is known by its name and what it is about.
fn recorded(truth: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(truth).unwrap().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'))
        .collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    files.into_iter().map(|path| name(&read(path))).collect()
}

fn hook_events(home: &TestHome, id: &str) -> Vec<String> {
    let mut known = Vec::new();
    let mut since = 0;
    loop {
        let path = format!("/sessions/{id}/events?source=hook&limit=1000&since={since}");
        let page = home.call("GET", &path, &Value::Null);
        let events = page["events"].as_array().unwrap();
        known.extend(events.iter().map(|event| event["payload"].clone()));
        match events.last() {
            Some(last) if page["hasMore"] == true => since = last["id"].as_i64().unwrap(),
            _ => break,
        }
    }
    let is_recorded = |payload: &&Value| {
        let event = payload["hook_event_name"].as_str().unwrap();
        ["UserPromptSubmit", "Stop"].contains(&event)
            || event.starts_with("PreTool")
            || event.starts_with("PostTool")
    };
    known.iter().filter(is_recorded).map(name).collect()
}

fn name(payload: &Value) -> String {
    let batch = payload["tool_calls"][0]["tool_use_id"].as_str();
    let call = payload["tool_use_id"].as_str().or(batch);
    let what = call.or_else(|| payload["prompt_id"].as_str());
    format!(
        "{} {}",
        payload["hook_event_name"],
        what.unwrap_or_default()
    )
}

fn counts(events: &[String]) -> BTreeMap<&String, usize> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(event).or_insert(0) += 1;
    }
    counts
}
