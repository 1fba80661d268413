//! Sessions that go on: the same conversation, a copy of it, and one that was begun elsewhere.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::support::{TestHome, claude_program};

fn resume(home: &TestHome, id: &str) {
    home.run(&["resume", id]).ok();
    home.run(&["wait", id, "--timeout", "30"]).ok();
}

fn say(home: &TestHome, id: &str, words: &str) {
    let done = home.run(&["send", id, &format!("SAY: {words}"), "--wait"]);
    assert_eq!(done.ok().stdout.trim(), words, "{}", home.daemon_log());
}

#[test]
fn each_of_four_conversations_in_one_directory_goes_on_by_itself() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let words = ["apple", "birch", "cedar", "dogwood"];
    let ids = words.map(|word| fake.start(&home, &["--name", word]));
    for (id, word) in ids.iter().zip(words) {
        say(&home, id, &format!("I am {word}"));
    }
    for id in &ids {
        home.run(&["stop", id]).ok();
    }
    // Not in the order in which they ended.
    for (id, word) in ids.iter().zip(words).rev() {
        resume(&home, id);
        say(&home, id, &format!("again {word}"));
    }
    for (id, word) in ids.iter().zip(words) {
        let history = fake.history_of(&format!("again {word}"));
        for other in words {
            let is_there = history.contains(&format!("I am {other}"));
            assert_eq!(is_there, other == word, "{word}: {history}");
        }
        let session = home.session(id);
        assert_eq!(session["providerSessionId"], id.as_str());
        assert_eq!(session["name"], word);
    }

    // A copy goes on by itself, and once it has ended goes on as itself.
    let fork = home
        .run(&["fork", "birch", "--name", "twin", "--json"])
        .ok()
        .json();
    let twin = fork["session"]["id"].as_str().unwrap();
    home.run(&["wait", twin, "--timeout", "30"]).ok();
    say(&home, twin, "the twin");
    say(&home, "birch", "the elder");
    home.run(&["stop", twin]).ok();
    resume(&home, twin);
    say(&home, twin, "the twin again");
    let history = fake.history_of("the twin again");
    assert!(history.contains("I am birch") && history.contains("again birch"));
    assert!(history.contains("the twin") && !history.contains("the elder"));
    assert!(!fake.history_of("the elder").contains("the twin"));
    assert_eq!(home.session(twin)["providerSessionId"], twin);
}

#[test]
fn a_conversation_that_was_begun_outside_is_taken_over_by_its_name() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let name = "0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d";
    let refused = home.run(&[
        "start",
        "-p",
        "claude-code",
        "-d",
        &home.work(),
        "--resume",
        name,
    ]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains(name), "{}", refused.stderr);

    let mut outside = std::process::Command::new(claude_program());
    outside.args(["-p", "SAY: begun outside", "--session-id", name]);
    let home_dir = home.path("");
    outside
        .env_clear()
        .env("HOME", &home_dir)
        .env("PATH", std::env::var("PATH").unwrap());
    outside.env("ANTHROPIC_API_KEY", "sk-ant-fake-0123456789abcdef");
    outside
        .env("ANTHROPIC_BASE_URL", fake.url())
        .env("DISABLE_TELEMETRY", "1");
    outside.env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
    let done = outside.current_dir(home.work()).output().unwrap();
    assert!(done.status.success(), "{done:?}");

    let id = fake.start(&home, &["--resume", name]);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    say(&home, &id, "gone on here");
    assert!(fake.history_of("gone on here").contains("begun outside"));
    assert_eq!(home.session(&id)["providerSessionId"], name);
    // Two agents in one conversation would mix it up.
    let second = home.run(&[
        "start",
        "-p",
        "claude-code",
        "-d",
        &home.work(),
        "--resume",
        name,
    ]);
    assert_eq!(second.code, 5, "{second:?}");
    assert!(
        second.stderr.contains("codepiper fork"),
        "{}",
        second.stderr
    );
    home.run(&["stop", &id]).ok();
    resume(&home, &id);
    say(&home, &id, "and once more");
    assert!(fake.history_of("and once more").contains("begun outside"));
}

#[test]
fn a_session_that_lost_its_terminal_goes_on_as_it_was() {
    let mut home = TestHome::new();
    home.policy(&json!([{ "id": "all", "action": "allow", "tool": "*" }]));
    let id = home.demo(&[
        "--name",
        "work",
        "--env",
        "COLOUR=green",
        "--default-action",
        "deny",
        "--cols",
        "90",
    ]);
    say(&home, &id, "first");
    let attach = home.session(&id)["attach"].clone();
    let socket = attach[2].as_str().unwrap().to_owned();
    let kill = ["5", "tmux", "-S", &socket, "kill-server"];
    assert!(
        std::process::Command::new("timeout")
            .args(kill)
            .status()
            .unwrap()
            .success()
    );
    home.until("the loss is noticed", || {
        home.session(&id)["exit"]["reason"] == "tmux_lost"
    });
    let refused = home.run(&["send", &id, "SAY: x"]);
    assert!(
        refused.stderr.contains("codepiper resume"),
        "{}",
        refused.stderr
    );

    // Of many who want it at once, one does it.
    let path = format!("/sessions/{id}/resume");
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| home.http("POST", &path, b"{}").0))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let done = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(
        (
            done,
            answers.iter().filter(|status| **status == 409).count()
        ),
        (1, 3)
    );
    home.run(&["wait", "work"]).ok();
    let done = home.run(&[
        "send",
        "work",
        "RUN: echo $COLOUR > colour\nSAY: done",
        "--wait",
    ]);
    assert_eq!(done.ok().stdout.trim(), "done");
    assert_eq!(
        std::fs::read_to_string(home.path("work/colour")).unwrap(),
        "green\n"
    );
    let session = home.session(&id);
    assert_eq!(
        (&session["ptyCols"], &session["exit"]),
        (&json!(90), &Value::Null)
    );
    assert_eq!(session["defaultPolicyAction"], "deny");

    // What is kept for it is nobody else's to read, and gone daemons change nothing.
    let kept = home.path(&format!(".codepiper/sessions/{id}/request.sealed"));
    assert_eq!(
        std::fs::metadata(kept).unwrap().permissions().mode() & 0o777,
        0o600
    );
    home.run(&["stop", "work"]).ok();
    home.kill_daemon();
    home.start_daemon();
    resume(&home, "work");
    say(&home, "work", "third");
    assert_eq!(home.run(&["resume", "work"]).code, 5, "it runs");
    assert_eq!(home.run(&["recover", "work"]).ok().code, 0);
}

#[test]
fn a_conversation_in_which_nothing_was_said_begins_anew_and_one_without_its_directory_does_not() {
    let home = TestHome::new();
    let place = home.path("work/place");
    std::fs::create_dir(&place).unwrap();
    let start = [
        "start",
        "-p",
        "demo",
        "-d",
        place.to_str().unwrap(),
        "--json",
    ];
    let started = home.run(&start).ok().json();
    let id = started["session"]["id"].as_str().unwrap().to_owned();
    home.run(&["wait", &id]).ok();
    home.run(&["stop", &id]).ok();
    resume(&home, &id);
    say(&home, &id, "hello");
    home.run(&["stop", &id]).ok();
    std::fs::remove_dir_all(&place).unwrap();
    let refused = home.run(&["resume", &id]);
    assert_eq!(refused.code, 5);
    assert!(refused.stderr.contains("is gone"), "{}", refused.stderr);
    assert_eq!(home.session(&id)["status"], "STOPPED");
    assert_eq!(home.run(&["recover", &id]).code, 5);
}

#[test]
fn a_copy_is_under_the_same_rules() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    say(&home, &id, "hello");
    home.run(&[
        "policy",
        "create",
        "--name",
        "own",
        "--session",
        &id,
        "--rules",
        r#"[{"id":"no","action":"deny","tool":"Bash","command":"touch *"}]"#,
    ])
    .ok();
    let fork = home.run(&["fork", &id, "--json"]).ok().json();
    let fork = fork["session"]["id"].as_str().unwrap();
    home.run(&["wait", fork]).ok();
    let done = home.run(&["send", fork, "RUN: touch x\nSAY: went on", "--wait"]);
    assert_eq!(done.ok().stdout.trim(), "went on");
    assert!(!home.path("work/x").exists());
    for bad in ["../x", "", "-x"] {
        let body = json!({ "provider": "demo", "cwd": home.work(), "providerResume": { "providerSessionId": bad } });
        let (status, body) = home.http("POST", "/sessions", body.to_string().as_bytes());
        assert_eq!(status, 400, "{bad}: {body}");
    }
}
