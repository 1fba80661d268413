//! Interrupting a turn of agents that have no other way than their terminal.

use crate::claude::FakeClaude;
use crate::support::TestHome;

/// Interrupts a turn of a minute, and refuses to where nothing goes on or a dialog is up.
fn interrupts(home: &TestHome, id: &str, asks: &str) {
    let idle = home.run(&["interrupt", id]);
    assert_eq!(idle.code, 5, "{idle:?}");
    assert!(idle.stderr.contains("works on nothing"), "{idle:?}");

    home.run(&["send", id, "SLOW: 60000\nSAY: word after word after word"])
        .ok();
    home.run(&["interrupt", id]).ok();
    assert_eq!(home.session(id)["activity"]["state"], "idle");
    let done = home.run(&["send", id, "SAY: goes on", "--wait", "--timeout", "20"]);
    assert_eq!(done.ok().stdout.trim(), "goes on");

    home.run(&["send", id, asks]).ok();
    let approval = home.pending(id);
    let refused = home.run(&["interrupt", id]);
    assert_eq!(refused.code, 5, "{refused:?}");
    let name = approval["id"].as_str().unwrap();
    assert!(refused.stderr.contains(name), "{refused:?}");
    assert_eq!(home.approval(&approval["id"])["status"], "pending");
    home.run(&["deny", name]).ok();
    home.run(&["wait", id, "--until", "idle", "--timeout", "20"])
        .ok();

    let question = home.run(&["send", id, "ASK: which?", "--wait", "--timeout", "20"]);
    assert_eq!(question.code, 7, "{question:?}");
    let refused = home.run(&["interrupt", id]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stderr.contains("a dialog is open"), "{refused:?}");
    assert_eq!(home.session(id)["activity"]["state"], "needs_input");
}

#[test]
fn a_turn_of_the_demo_agent_is_interrupted() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    interrupts(&home, &id, "RUN: touch never");
    assert!(!home.path("work/never").exists());
}

#[test]
fn a_turn_of_claude_code_is_interrupted() {
    let fake = FakeClaude::new();
    let home = FakeClaude::home();
    let id = fake.start(&home, &[]);
    interrupts(&home, &id, "RUN: touch never");
    assert!(!home.path("work/never").exists());
}
