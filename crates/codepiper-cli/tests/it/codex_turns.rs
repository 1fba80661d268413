//! Turns of Codex: what is stored of them, and how they are ended.

use serde_json::{Value, json};

use crate::codex::{FakeCodex, ask, reply, screen, until_idle};
use crate::support::TestHome;

/// What the app-server told of turns: kinds and payloads.
fn told(home: &TestHome, id: &str) -> Vec<(String, Value)> {
    let path = format!("/sessions/{id}/events?source=app-server&order=asc&limit=1000");
    let answer = home.call("GET", &path, &Value::Null);
    let events = answer["events"].as_array().unwrap().iter();
    let told = events.map(|event| {
        let kind = event["type"].as_str().unwrap().to_owned();
        (kind, event["payload"].clone())
    });
    told.filter(|(kind, _)| kind != "StatusLine").collect()
}

fn kinds(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[test]
fn a_turn_is_stored_once_with_its_model_and_tokens() {
    let fake = FakeCodex::new();
    let mut home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    reply(&home, &id, "THINK: hm hm\nSAY: hello you");
    home.until("its end", || told(&home, &id).len() == 3);
    // Who comes back is told some of it again.
    home.kill_daemon();
    home.start_daemon();
    let failed = home.run(&["send", &id, "FAIL", "--wait", "--timeout", "20"]);
    assert!(failed.code < 2, "{failed:?}");
    home.until("the failure", || told(&home, &id).len() >= 5);

    let told = told(&home, &id);
    let expected = [
        "TurnStarted",
        "TokensUsed",
        "TurnCompleted",
        "TurnStarted",
        "TurnFailed",
    ];
    assert_eq!(kinds(&told), expected, "{told:#?}");
    for (_, payload) in &told {
        assert_eq!(payload["model"], "fake-codex");
    }
    assert_eq!(told[0].1["turn"], told[2].1["turn"]);
    let used = &told[1].1;
    assert_eq!(used["turn"], told[0].1["turn"]);
    assert_eq!(used["tokens"], used["total"]);
    assert_eq!(
        (
            &used["tokens"]["reasoningOutput"],
            &used["tokens"]["output"]
        ),
        (&json!(2), &json!(5))
    );
    assert!(used["tokens"]["cachedInput"].as_u64() > Some(0));
    assert_eq!(told[4].1["reason"], "scripted failure");
}

#[test]
fn a_turn_is_interrupted_from_the_command_line() {
    let fake = FakeCodex::new();
    let home = FakeCodex::home();
    let id = fake.start(&home, &[]);
    let idle = home.run(&["interrupt", &id, "--json"]);
    assert_eq!(idle.code, 5, "{idle:?}");
    assert!(idle.stderr.contains("not_working"), "{idle:?}");

    home.run(&["send", &id, "RUN: sleep 60; touch late\nSAY: late"])
        .ok();
    home.run(&["interrupt", &id]).ok();
    assert_eq!(home.session(&id)["activity"]["state"], "idle");
    assert!(
        screen(&home, &id).contains("interrupted"),
        "{}",
        screen(&home, &id)
    );
    let told = told(&home, &id);
    assert_eq!(kinds(&told).last(), Some(&"TurnInterrupted"), "{told:#?}");
    assert_eq!(reply(&home, &id, "SAY: goes on"), "goes on");

    // What waits for a person is not answered by the way.
    let approval = ask(&home, &id, "ESCALATE: touch asked\nSAY: went on");
    let refused = home.run(&["interrupt", &id]);
    assert_eq!(refused.code, 5, "{refused:?}");
    let name = approval["id"].as_str().unwrap();
    assert!(refused.stderr.contains(name), "{refused:?}");
    assert_eq!(home.approval(&approval["id"])["status"], "pending");
    home.run(&["approve", name]).ok();
    until_idle(&home, &id);
    assert!(home.path("work/asked").exists());
}
