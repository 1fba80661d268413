//! Answers that come at once, too late, or to something else than what is asked.

use std::sync::Barrier;

use serde_json::json;

use crate::support::TestHome;

#[test]
fn of_two_answers_at_once_one_counts_and_the_other_is_told() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    for round in 0..6 {
        let file = format!("made-{round}");
        home.run(&["send", &id, &format!("RUN: touch {file}")]).ok();
        let approval = home.pending(&id);
        let together = Barrier::new(2);
        let answer = |decision: &'static str| {
            together.wait();
            home.answer(&approval, decision, "")
        };
        let answers = std::thread::scope(|scope| {
            let yes = scope.spawn(|| ("allow", answer("allow")));
            let no = scope.spawn(|| ("deny", answer("deny")));
            [yes.join().unwrap(), no.join().unwrap()]
        });
        let won: Vec<_> = answers
            .iter()
            .filter(|(_, (status, _))| *status == 200)
            .collect();
        let lost: Vec<_> = answers
            .iter()
            .filter(|(_, (status, _))| *status == 409)
            .collect();
        assert_eq!((won.len(), lost.len()), (1, 1), "{answers:?}");
        let (winner, told) = (won[0].0, &lost[0].1.1);
        assert_eq!(told["code"], "already_answered");
        assert_eq!(told["approval"]["answer"]["decision"], winner);
        home.run(&["wait", &id, "--timeout", "30"]).ok();
        assert_eq!(
            home.path(&format!("work/{file}")).exists(),
            winner == "allow"
        );
        assert_eq!(home.approval(&approval["id"])["answer"]["decision"], winner);
    }
}

#[test]
fn an_answer_to_something_else_is_refused_and_changes_nothing() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch first"]).ok();
    let first = home.pending(&id);
    let mut changed = first.clone();
    changed["requestHash"] = json!("sha256:0");
    let (status, told) = home.answer(&changed, "allow", "");
    assert_eq!((status, &told["code"]), (409, &json!("request_changed")));
    assert_eq!(told["approval"]["requestHash"], first["requestHash"]);
    assert_eq!(home.approval(&first["id"])["status"], "pending");
    assert!(!home.path("work/first").exists());

    // The hash of one request answers no other.
    assert_eq!(home.answer(&first, "deny", "").0, 200);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    home.run(&["send", &id, "RUN: touch second"]).ok();
    let mut second = home.pending(&id);
    assert_ne!(second["requestHash"], first["requestHash"]);
    second["requestHash"] = first["requestHash"].clone();
    assert_eq!(home.answer(&second, "allow", "").0, 409);
    assert!(!home.path("work/second").exists());
}

#[test]
fn a_request_is_over_with_its_session() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch made"]).ok();
    let approval = home.pending(&id);
    home.run(&["kill", &id]).ok();
    home.until("the approval is closed", || {
        home.approval(&approval["id"])["closedReason"] == "session_ended"
    });
    let (status, told) = home.answer(&approval, "allow", "");
    assert_eq!((status, &told["code"]), (409, &json!("already_answered")));
}

#[test]
fn a_stopped_daemon_hands_what_waits_to_the_next_one() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch made"]).ok();
    let approval = home.pending(&id);
    home.run(&["daemon", "stop"]).ok();
    home.start_daemon();
    assert_eq!(home.approval(&approval["id"])["status"], "pending");
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("it ran", || home.path("work/made").exists());
}

/// The hook that waits for this session's request.
#[cfg(target_os = "linux")]
fn forwarder(home: &TestHome, id: &str) -> i32 {
    let wanted = format!("CODEPIPER_SESSION={id}");
    let mut found = None;
    home.until("a hook waits", || {
        let pids = std::fs::read_dir("/proc").unwrap().flatten();
        found = pids
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .find(|pid: &i32| {
                let read = |name: &str| std::fs::read(format!("/proc/{pid}/{name}"));
                let has = |name: &str, text: &str| {
                    read(name).is_ok_and(|bytes| {
                        bytes.split(|b| *b == 0).any(|part| part == text.as_bytes())
                    })
                };
                has("cmdline", "hook-forward") && has("environ", &wanted)
            });
        found.is_some()
    });
    found.unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_hook_that_dies_is_no_answer() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch made"]).ok();
    let approval = home.pending(&id);
    home.until("the dialog is there", || {
        home.run(&["tail", &id])
            .stdout
            .contains("Do you want to proceed")
    });
    let pid = rustix::process::Pid::from_raw(forwarder(&home, &id)).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    home.until("nobody waits for an answer any more", || {
        home.approval(&approval["id"])["status"] == "expired"
    });
    assert_eq!(home.approval(&approval["id"])["answer"], json!(null));
    home.until("the session still asks", || {
        home.session(&id)["activity"]["state"] == "needs_permission"
    });
    home.run(&["keys", &id, "1"]).ok();
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    assert!(home.path("work/made").exists());
    assert_eq!(home.decisions(&id)[0]["outcome"], "ran");
}

#[test]
fn what_was_allowed_and_interrupted_was_not_blocked() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch begun; sleep 30"]).ok();
    let approval = home.pending(&id);
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("it has begun", || home.path("work/begun").exists());
    home.run(&["keys", &id, "escape"]).ok();
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    home.run(&["send", &id, "SAY: next", "--wait"]).ok();
    let approval = home.approval(&approval["id"]);
    assert_ne!(approval["status"], "ineffective", "{approval}");
    assert_ne!(home.decisions(&id)[0]["outcome"], "blocked");
}

#[test]
fn a_rule_that_was_made_meanwhile_denies() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["send", &id, "RUN: touch made\nSAY: x"]).ok();
    let approval = home.pending(&id);
    home.policy(&json!([{ "id": "no", "action": "deny", "tool": "Bash" }]));
    let (status, told) = home.answer(&approval, "allow", "");
    assert_eq!((status, &told["code"]), (409, &json!("denied_by_rule")));
    assert_eq!(home.answer(&approval, "deny", "").0, 200);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    assert!(!home.path("work/made").exists());
}
