//! Sessions that go on: the same conversation, a copy of it, and one that was begun elsewhere.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::claude::FakeClaude;
use crate::codex::FakeCodex;
use crate::fleet::{kill_terminal, say};
use crate::support::TestHome;

fn resume(home: &TestHome, id: &str) {
    home.run(&["resume", id]).ok();
    home.run(&["wait", id, "--timeout", "30"]).ok();
}

/// An agent CLI that is real.
struct Agent<'a> {
    home: TestHome,
    /// Starts a session.
    start: &'a dyn Fn(&TestHome, &[&str]) -> String,
    /// What else a session has to be given that takes over what was begun outside.
    take_over: &'static [&'static str],
    /// Has this said in a conversation of which no session knows, and returns its name.
    outside: &'a dyn Fn(&TestHome, &str) -> String,
    /// What the model was sent along with this.
    history: &'a dyn Fn(&str) -> String,
}

fn claude(check: impl FnOnce(&Agent<'_>)) {
    let fake = FakeClaude::new();
    check(&Agent {
        home: FakeClaude::home(),
        start: &|home, extra| fake.start(home, extra),
        take_over: &[],
        outside: &|home, words| fake.outside(home, words),
        history: &|text| fake.history_of(text),
    });
}

fn codex(check: impl FnOnce(&Agent<'_>)) {
    let fake = FakeCodex::new();
    check(&Agent {
        home: FakeCodex::home(),
        start: &|home, extra| fake.start(home, extra),
        take_over: &["-b", "subscription", "--env", "OWN_KEY=fake"],
        outside: &|home, words| fake.outside(home, words),
        history: &|text| fake.history_of(text),
    });
}

#[test]
fn each_of_four_conversations_of_claude_in_one_directory_goes_on_by_itself() {
    claude(four_conversations);
}

#[test]
fn each_of_four_conversations_of_codex_in_one_directory_goes_on_by_itself() {
    codex(four_conversations);
}

fn four_conversations(agent: &Agent<'_>) {
    let home = &agent.home;
    let words = ["apple", "birch", "cedar", "dogwood"];
    let ids = words.map(|word| (agent.start)(home, &["--name", word]));
    for (id, word) in ids.iter().zip(words) {
        home.run(&["wait", id, "--timeout", "30"]).ok();
        say(home, id, &format!("I am {word}"));
    }
    let conversation = |id: &str| home.session(id)["providerSessionId"].clone();
    let before = ids.each_ref().map(|id| conversation(id));
    for id in &ids {
        home.run(&["stop", id]).ok();
    }
    // Not in the order in which they ended.
    for (id, word) in ids.iter().zip(words).rev() {
        resume(home, id);
        say(home, id, &format!("again {word}"));
    }
    for ((id, word), before) in ids.iter().zip(words).zip(before) {
        let history = (agent.history)(&format!("again {word}"));
        for other in words {
            let is_there = history.contains(&format!("I am {other}"));
            assert_eq!(is_there, other == word, "{word}: {history}");
        }
        assert_eq!(conversation(id), before);
        assert_eq!(home.session(id)["name"], word);
    }

    // A copy goes on by itself, and once it has ended goes on as itself.
    let fork = home.run(&["fork", "birch", "--name", "twin", "--json"]);
    let fork = fork.ok().json();
    let twin = fork["session"]["id"].as_str().unwrap();
    home.run(&["wait", twin, "--timeout", "30"]).ok();
    let copy = conversation(twin);
    assert_ne!(copy, conversation("birch"));
    say(home, twin, "the twin");
    say(home, "birch", "the elder");
    home.run(&["stop", twin]).ok();
    resume(home, twin);
    say(home, twin, "the twin again");
    let history = (agent.history)("the twin again");
    assert!(history.contains("I am birch") && history.contains("again birch"));
    assert!(history.contains("the twin") && !history.contains("the elder"));
    assert!(!(agent.history)("the elder").contains("the twin"));
    assert_eq!(conversation(twin), copy);
}

#[test]
fn a_conversation_with_claude_that_was_begun_outside_is_taken_over_by_its_name() {
    claude(taken_over);
}

#[test]
fn a_conversation_with_codex_that_was_begun_outside_is_taken_over_by_its_name() {
    codex(taken_over);
}

fn taken_over(agent: &Agent<'_>) {
    let home = &agent.home;
    let name = (agent.outside)(home, "begun outside");
    let other = (agent.outside)(home, "the other one");
    let id = (agent.start)(home, &[&["--resume", &*name], agent.take_over].concat());
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    say(home, &id, "gone on here");
    let history = (agent.history)("gone on here");
    assert!(history.contains("begun outside") && !history.contains("the other one"));
    let session = home.session(&id);
    assert_eq!(session["providerSessionId"], name);
    // Two agents in one conversation would mix it up, and of none at all there is nothing to take.
    let nobody = "0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d";
    for (name, code, said) in [(&*name, 5, "codepiper fork"), (nobody, 3, nobody)] {
        let provider = session["provider"].as_str().unwrap();
        let work = home.work();
        let refused = home.run(&["start", "-p", provider, "-d", &work, "--resume", name]);
        assert_eq!(refused.code, code, "{refused:?}");
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
    home.run(&["stop", &id]).ok();
    resume(home, &id);
    say(home, &id, "and once more");
    let history = (agent.history)("and once more");
    assert!(history.contains("begun outside") && history.contains("gone on here"));
    let fork = (agent.start)(home, &["--resume", &other, "--fork"]);
    home.run(&["wait", &fork, "--timeout", "30"]).ok();
    say(home, &fork, "in the copy");
    assert!((agent.history)("in the copy").contains("the other one"));
    assert_ne!(home.session(&fork)["providerSessionId"], other);
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
    kill_terminal(&home.session(&id)["attach"]);
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
