//! Prompts that are sent while the agent works.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::fleet::kill_terminal;
use crate::support::TestHome;

fn send(home: &TestHome, id: &str, request: &Value) -> (u16, Value) {
    let path = format!("/sessions/{id}/send");
    let (status, body) = home.http("POST", &path, request.to_string().as_bytes());
    (status, serde_json::from_str(&body).unwrap())
}

fn prompts(home: &TestHome, id: &str, query: &str) -> Vec<Value> {
    let path = format!("/sessions/{id}/prompts{query}");
    let answer = home.call("GET", &path, &Value::Null);
    answer["prompts"].as_array().unwrap().clone()
}

/// What the agent was told, in order.
fn told(home: &TestHome, id: &str) -> Vec<String> {
    let transcript = home.session(id)["transcriptPath"]
        .as_str()
        .unwrap()
        .to_owned();
    let text = std::fs::read_to_string(transcript).unwrap_or_default();
    let entries = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    entries
        .filter(|entry| entry["type"] == "user")
        .filter_map(|entry| entry["message"]["content"].as_str().map(str::to_owned))
        .collect()
}

fn all_is_over(home: &TestHome, id: &str) {
    home.until("all turns are over", || prompts(home, id, "").is_empty());
}

#[test]
fn they_wait_in_order_and_are_listed_changed_and_taken_back() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SLOW: 1500\nSAY: first"]).ok();
    for word in ["second", "third", "fourth"] {
        let done = home.run(&["send", &id, &format!("SAY: {word}")]).ok();
        assert_eq!(done.stdout.trim(), "accepted");
    }
    let waiting = prompts(&home, &id, "");
    let states: Vec<_> = waiting
        .iter()
        .map(|prompt| prompt["status"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["submitted", "accepted", "accepted", "accepted"]);
    assert_eq!(waiting[1]["reason"], "queued");
    let name = |i: usize| waiting[i]["id"].as_str().unwrap();
    home.run(&["prompts", "cancel", &id, name(2)]).ok();
    home.run(&["prompts", "edit", &id, name(3), "SAY: last"])
        .ok();
    assert_eq!(
        home.run(&["prompts", "edit", &id, name(0), "SAY: x"]).code,
        5
    );
    let listed = home.run(&["prompts", &id]).ok().stdout;
    assert!(
        listed.contains("SAY: last") && !listed.contains("SAY: third"),
        "{listed}"
    );

    // Whoever waits for one that waits gets its own reply.
    let reply = home.run(&["send", &id, "SAY: mine", "--wait"]).ok();
    assert_eq!(reply.stdout.trim(), "mine");
    all_is_over(&home, &id);
    assert_eq!(
        told(&home, &id),
        [
            "SLOW: 1500\nSAY: first",
            "SAY: second",
            "SAY: last",
            "SAY: mine"
        ]
    );
    let over: Vec<_> = prompts(&home, &id, "?latest=10")
        .iter()
        .map(|prompt| prompt["status"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        over,
        ["turn_done", "turn_done", "failed", "turn_done", "turn_done"]
    );

    // What waits outlives the daemon.
    home.run(&["send", &id, "SLOW: 1500\nSAY: fifth"]).ok();
    home.run(&["send", &id, "SAY: sixth"]).ok();
    home.kill_daemon();
    home.start_daemon();
    all_is_over(&home, &id);
    assert_eq!(
        told(&home, &id)[4..],
        ["SLOW: 1500\nSAY: fifth", "SAY: sixth"]
    );
}

#[test]
fn sent_again_with_the_same_key_a_prompt_does_not_arrive_twice() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let request = json!({ "text": "SAY: once", "key": "k1", "wait": true });
    let (_, first) = send(&home, &id, &request);
    let (status, again) = send(&home, &id, &request);
    assert_eq!(status, 200);
    assert_eq!(first["receipt"]["id"], again["receipt"]["id"]);
    assert_eq!(
        (&first["reply"], &again["reply"]),
        (&json!("once"), &json!("once"))
    );
    assert_eq!(told(&home, &id), ["SAY: once"]);
    // Not from two clients at once either, whether the agent is idle or works.
    for (key, text) in [("k2", "SLOW: 800\nSAY: two"), ("k3", "SAY: three")] {
        let receipts: Vec<Value> = std::thread::scope(|scope| {
            let request = json!({ "text": text, "key": key });
            let (home, id) = (&home, &id);
            let calls: Vec<_> = (0..4)
                .map(|_| {
                    let request = request.clone();
                    scope.spawn(move || send(home, id, &request))
                })
                .collect();
            let answers = calls.into_iter().map(|call| call.join().unwrap());
            answers
                .map(|(status, body)| {
                    assert_eq!(status, 200, "{body}");
                    body["receipt"]["id"].clone()
                })
                .collect()
        });
        assert!(receipts.iter().all(|id| *id == receipts[0]), "{receipts:?}");
    }
    all_is_over(&home, &id);
    assert_eq!(
        told(&home, &id),
        ["SAY: once", "SLOW: 800\nSAY: two", "SAY: three"]
    );
    let (status, body) = send(&home, &id, &json!({ "text": "x", "key": "" }));
    assert_eq!((status, &body["field"]), (400, &json!("key")));
}

#[test]
fn none_is_typed_into_a_dialog_and_they_go_on_behind_it() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SLOW: 700\nRUN: touch made\nSAY: one"])
        .ok();
    home.run(&["send", &id, "SAY: 1"]).ok();
    home.until("the dialog is up", || {
        home.session(&id)["activity"]["state"] == "needs_permission"
    });
    assert_eq!(prompts(&home, &id, "")[1]["status"], "accepted");
    assert!(!home.path("work/made").exists());
    let pending = home.pending(&id);
    home.answer(&pending, "deny", "no");
    all_is_over(&home, &id);
    assert!(!home.path("work/made").exists());
    assert_eq!(told(&home, &id).last().unwrap(), "SAY: 1");
}

#[test]
fn a_session_that_ends_takes_what_waits_with_it_and_one_that_is_lost_does_not() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SLOW: 60000"]).ok();
    home.run(&["send", &id, "SAY: never"]).ok();
    home.run(&["kill", &id]).ok();
    home.until("nothing waits any more", || {
        prompts(&home, &id, "").is_empty()
    });
    let last = prompts(&home, &id, "?latest=1");
    assert_eq!(
        (&last[0]["status"], &last[0]["reason"]),
        (&json!("failed"), &json!("session_ended"))
    );

    let lost = home.demo(&[]);
    home.run(&["send", &lost, "SAY: hello", "--wait"]).ok();
    home.run(&["send", &lost, "SLOW: 60000"]).ok();
    home.run(&["send", &lost, "SAY: later"]).ok();
    kill_terminal(&home.session(&lost)["attach"]);
    home.until("the loss is noticed", || {
        home.session(&lost)["status"] == "CRASHED"
    });
    home.run(&["resume", &lost]).ok();
    all_is_over(&home, &lost);
    assert_eq!(told(&home, &lost).last().unwrap(), "SAY: later");
}

#[test]
fn rules_about_typed_text_hold_for_what_waits() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SLOW: 1200\nSAY: first"]).ok();
    home.run(&["send", &id, "SAY: rm -rf x"]).ok();
    home.policy(&json!([{ "id": "rm", "action": "deny", "tool": "terminal_input", "args": { "input": "*rm -rf*" } }]));
    let refused = home.run(&["send", &id, "SAY: rm -rf y"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    all_is_over(&home, &id);
    assert_eq!(told(&home, &id), ["SLOW: 1200\nSAY: first"]);
    let last = prompts(&home, &id, "?latest=1");
    assert_eq!(last[0]["status"], "failed");
    assert!(
        last[0]["reason"].as_str().unwrap().contains("`rm`"),
        "{last:?}"
    );
}

/// Each arrives once, in the order in which its client sent it.
#[test]
fn many_prompts_of_several_clients_arrive_once_each_and_in_order() {
    let (sessions, each) = if std::env::var_os("CODEPIPER_SOAK").is_some() {
        (10, 5)
    } else {
        (3, 3)
    };
    let home = TestHome::new();
    let ids: Vec<String> = (0..sessions).map(|_| home.demo(&[])).collect();
    std::thread::scope(|scope| {
        for client in 0..4 {
            let (home, ids) = (&home, &ids);
            scope.spawn(move || {
                for n in 0..each {
                    for id in ids {
                        let text = format!("SLOW: 30\nSAY: client {client} number {n}");
                        let (status, body) = send(home, id, &json!({ "text": text }));
                        assert_eq!(status, 200, "{body}");
                    }
                }
            });
        }
    });
    for id in &ids {
        all_is_over(&home, id);
        let told = told(&home, id);
        assert_eq!(told.len(), 4 * each, "{told:#?}");
        let mut next: HashMap<String, usize> = HashMap::new();
        for text in told {
            let words: Vec<&str> = text.split_whitespace().collect();
            let n = next.entry(words[4].to_owned()).or_default();
            assert_eq!(words[6], n.to_string(), "client {}", words[4]);
            *n += 1;
        }
        let receipts = prompts(&home, id, "?latest=1000");
        assert!(
            receipts
                .iter()
                .all(|prompt| prompt["status"] == "turn_done"),
            "{receipts:#?}"
        );
    }
}

#[test]
fn claude_gets_them_one_after_the_other() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    home.run(&["send", &id, "SLOW: 1500\nSAY: first"]).ok();
    home.run(&["send", &id, "SAY: second"]).ok();
    let third = home.run(&["send", &id, "SAY: third", "--wait"]).ok();
    assert_eq!(third.stdout.trim(), "third");
    let prompts: Vec<String> = told(&home, &id)
        .into_iter()
        .filter(|text| text.contains("SAY"))
        .collect();
    assert_eq!(
        prompts,
        ["SLOW: 1500\nSAY: first", "SAY: second", "SAY: third"]
    );
}

#[test]
fn a_turn_ends_with_its_agent_and_what_waits_behind_it_does_not() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "SLOW: 60000\nSAY: never heard"])
        .ok();
    home.run(&["send", &id, "SAY: later"]).ok();
    kill_terminal(&home.session(&id)["attach"]);
    home.until("the turn is known to be over", || {
        let sent = prompts(&home, &id, "?latest=10");
        sent[0]["status"] == "failed" && sent[0]["reason"] == "session_ended"
    });
    let sent = prompts(&home, &id, "?latest=10");
    assert_eq!(sent[1]["status"], "accepted");
    home.run(&["resume", &id]).ok();
    all_is_over(&home, &id);
    assert_eq!(prompts(&home, &id, "?latest=10")[0]["status"], "failed");
}
