//! `codepiper audit verify` finds whatever was done to the audit behind the daemon's back.

use codepiper_store::Connection;
use serde_json::{Value, json};

use crate::support::TestHome;

/// A home with a few decisions of every kind, whose daemon has stopped.
fn recorded() -> TestHome {
    let mut home = TestHome::new();
    home.policy(&json!([
        { "id": "ok", "action": "allow", "tool": "Bash", "args": { "command": "touch ok*" } },
        { "id": "no", "action": "deny", "tool": "Bash", "args": { "command": "*no*" } },
    ]));
    let id = home.demo(&[]);
    for command in ["touch ok1", "touch no", "touch ok2"] {
        home.run(&["send", &id, &format!("RUN: {command}\nSAY: x"), "--wait"])
            .ok();
    }
    home.run(&["send", &id, "RUN: touch asked"]).ok();
    let approval = home.pending(&id);
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.run(&["wait", &id, "--timeout", "30"]).ok();
    home.until("the answer is effective", || {
        home.approval(&approval["id"])["status"] == "effective"
    });
    let done = home.run(&["audit", "verify"]).ok();
    assert!(done.stdout.contains("4 decisions"), "{done:?}");
    home.run(&["kill", &id]).ok();
    home.run(&["daemon", "stop"]).ok();
    home.kill_daemon();
    home
}

/// What `audit verify` says after this was done to the database.
fn after(home: &mut TestHome, change: &str) -> Vec<String> {
    let db = Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    db.execute_batch(change).unwrap();
    drop(db);
    home.tampered = true;
    home.start_daemon();
    let done = home.run(&["audit", "verify", "--json"]);
    assert_eq!(done.code, 1, "{change}: {done:?}");
    let report: Value = serde_json::from_str(done.stdout.trim()).unwrap();
    assert_eq!(report["ok"], false);
    let problems = report["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|problem| problem["what"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_changed_byte_is_found_wherever_it_is() {
    for (change, said) in [
        (
            "UPDATE decisions SET sealed = replace(sealed, 'touch ok1', 'touch ok9') WHERE seq = 1",
            "changed",
        ),
        (
            "UPDATE decisions SET hash = 'sha256:0' WHERE seq = 2",
            "changed",
        ),
        (
            "UPDATE decisions SET body = replace(body, '\"deny\"', '\"allow\"') WHERE seq = 2",
            "`decision` is not what was written",
        ),
        (
            "UPDATE decisions SET body = replace(body, 'touch ok1', 'touch ok9') WHERE seq = 1",
            "`toolInput` is not what was written",
        ),
        (
            "UPDATE decisions SET body = replace(body, '\"owner\"', '\"policy\"') WHERE seq = 4",
            "`actor` is not what was written",
        ),
        (
            "UPDATE decisions SET outcome = 'unknown' WHERE seq = 2",
            "`outcome` is not the one that it is found by",
        ),
        (
            "UPDATE audit SET ts = 0 WHERE kind = 'answered'",
            "`timestamp` is not the one that it is found by",
        ),
        (
            "UPDATE decisions SET tool_use_id = 'toolu_other' WHERE seq = 1",
            "`toolUseId` beside what is sealed is another one",
        ),
        (
            "UPDATE audit SET sealed = replace(sealed, 'ran', 'run') WHERE kind = 'outcome' AND seq < 5",
            "changed",
        ),
    ] {
        let said_all = after(&mut recorded(), change);
        assert!(
            said_all.iter().any(|what| what.contains(said)),
            "{change}: {said_all:?}"
        );
    }
}

#[test]
fn rows_that_went_came_or_moved_are_found() {
    for change in [
        "UPDATE decisions SET request_hash = 'sha256:0' WHERE seq = 1",
        "INSERT INTO decisions (seq, id, session_id, request_hash, ts, sealed, prev_hash, hash,
             decision, outcome, body)
         SELECT 0, 'x', session_id, request_hash, ts, sealed, prev_hash, hash, decision, outcome,
             body FROM decisions WHERE seq = 1",
        "INSERT INTO audit (seq, ts, kind, sealed, prev_hash, hash)
         SELECT -1, ts, kind, sealed, prev_hash, hash FROM audit WHERE seq = 1",
        "DELETE FROM decisions WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE decisions SET seq = -1 WHERE seq = 1; UPDATE decisions SET seq = 1 WHERE seq = 2;
         UPDATE decisions SET seq = 2 WHERE seq = -1",
        "INSERT INTO decisions (seq, id, session_id, request_hash, ts, sealed, prev_hash, hash,
             decision, outcome, body)
         SELECT 99, 'x', session_id, request_hash, ts, sealed, prev_hash, hash, decision, outcome,
             body FROM decisions WHERE seq = 4",
    ] {
        assert!(!after(&mut recorded(), change).is_empty(), "{change}");
    }
}

#[test]
fn an_end_that_was_cut_off_is_found() {
    for change in [
        "DELETE FROM decisions WHERE seq = 4",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM decisions; DELETE FROM audit",
    ] {
        let mut home = recorded();
        let said = after(&mut home, change);
        assert!(
            said.iter().any(|what| what.contains("is gone")),
            "{change}: {said:?}"
        );
        // It is not forgotten by the next daemon.
        home.run(&["daemon", "stop"]).ok();
        home.kill_daemon();
        home.start_daemon();
        assert_eq!(home.run(&["audit", "verify"]).code, 1);
    }
}

/// Without the file that says what the end was, the rest still tells most of it.
#[test]
fn an_end_that_was_cut_off_is_found_without_the_file_too() {
    for change in [
        "DELETE FROM decisions WHERE seq = 4",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM decisions WHERE seq = 4; UPDATE sqlite_sequence SET seq = 3 WHERE name = 'decisions'",
        "DELETE FROM decisions; DELETE FROM audit",
    ] {
        let mut home = recorded();
        std::fs::remove_file(home.path(".codepiper/audit-head.json")).unwrap();
        assert!(!after(&mut home, change).is_empty(), "{change}");
    }
    // That the file was not there stands in the audit from then on.
    for left in [None, Some("{}x")] {
        let mut home = recorded();
        let file = home.path(".codepiper/audit-head.json");
        std::fs::remove_file(&file).unwrap();
        if let Some(left) = left {
            std::fs::write(&file, left).unwrap();
        }
        home.start_daemon();
        home.until("it is noted", || {
            home.run(&["audit", "entries"])
                .stdout
                .contains("head_missing")
        });
        let done = home.run(&["audit", "verify"]).ok();
        assert!(done.stderr.contains("was not there"), "{done:?}");
    }
}

#[test]
fn a_hash_that_was_noted_is_looked_for() {
    let mut home = recorded();
    home.start_daemon();
    let report = home.run(&["audit", "verify", "--json"]).ok().json();
    let hash = report["head"]["decisions"]["hash"].as_str().unwrap();
    home.run(&["audit", "verify", "--head", hash]).ok();
    let done = home.run(&["audit", "verify", "--head", "sha256:0"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stdout.contains("sha256:0"), "{done:?}");
}
