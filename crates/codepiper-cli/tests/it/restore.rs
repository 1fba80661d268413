//! What comes back after the machine was switched off.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::TestHome;

/// Three sessions that run and one that was stopped, and then a machine that is switched off: daemon
/// and tmux servers are gone, and the next start of the machine has another name.
fn switched_off(settings: &str) -> (TestHome, Vec<String>, String) {
    let mut home = TestHome::new();
    let (status, body) = home.http("PUT", "/settings/daemon", settings.as_bytes());
    assert_eq!(status, 200, "{body}");
    let ids: Vec<String> = (0..3).map(|_| home.demo(&[])).collect();
    for id in &ids {
        home.run(&["send", id, &format!("SAY: I am {id}"), "--wait"])
            .ok();
    }
    let stopped = home.demo(&[]);
    home.run(&["stop", &stopped]).ok();
    let sockets = ids.iter().map(|id| home.session(id)["attach"][2].clone());
    let sockets: Vec<Value> = sockets.collect();
    home.kill_daemon();
    for socket in sockets {
        let args = ["5", "tmux", "-S", socket.as_str().unwrap(), "kill-server"];
        assert!(
            Command::new("timeout")
                .args(args)
                .status()
                .unwrap()
                .success()
        );
    }
    let db = home.path(".codepiper/codepiper.db");
    let db = codepiper_store::Connection::open(db).unwrap();
    let changed = db.execute(
        "UPDATE settings SET value = json_set(value, '$.bootId', 'before') WHERE key = 'lostSessions'",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    (home, ids, stopped)
}

fn resumed(home: &TestHome, id: &str) -> usize {
    let events = home.events(id);
    events
        .iter()
        .filter(|event| event["type"] == "SessionResumed")
        .count()
}

fn all_are_back(home: &TestHome, ids: &[String]) {
    for id in ids {
        home.until("it runs again", || home.session(id)["status"] == "RUNNING");
        let words = format!("I am {id}");
        let transcript = home.session(id)["transcriptPath"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            std::fs::read_to_string(transcript)
                .unwrap()
                .contains(&words)
        );
        home.run(&["wait", id]).ok();
        let reply = home.run(&["send", id, "SAY: back", "--wait"]).ok();
        assert_eq!(reply.stdout.trim(), "back");
        assert_eq!(resumed(home, id), 1);
    }
}

#[test]
fn they_come_back_by_themselves_once_where_that_is_wanted_even_from_two_daemons_at_once() {
    let (mut home, ids, stopped) = switched_off(r#"{"restoreAfterReboot":true}"#);
    let mut second = home.command(["daemon"]);
    second.stdout(Stdio::null()).stderr(Stdio::null());
    let mut second = second.spawn().unwrap();
    home.start_daemon();
    all_are_back(&home, &ids);
    assert_eq!(home.session(&stopped)["status"], "STOPPED");
    drop(second.kill());
    drop(second.wait());
    // The same machine, and nothing was lost.
    home.kill_daemon();
    home.start_daemon();
    for id in &ids {
        assert_eq!(
            (home.session(id)["status"].as_str(), resumed(&home, id)),
            (Some("RUNNING"), 1)
        );
    }
}

#[test]
fn otherwise_they_come_back_when_somebody_says_so() {
    let (mut home, ids, stopped) = switched_off(r#"{"restoreAfterReboot":false}"#);
    home.start_daemon();
    for id in &ids {
        assert_eq!(home.session(id)["exit"]["reason"], "tmux_lost");
    }
    let shown = home.run(&["restore", "--dry-run", "--json"]).ok().json();
    assert_eq!(shown["sessions"].as_array().unwrap().len(), 3);
    // One that somebody has brought back already needs it no more.
    home.run(&["resume", &ids[1]]).ok();
    let done = home.run(&["restore"]).ok();
    assert_eq!(done.stdout.lines().count(), 2, "{done:?}");
    all_are_back(&home, &ids);
    assert_eq!(home.session(&stopped)["status"], "STOPPED");
    let again = home.run(&["restore"]).ok();
    assert!(again.stderr.contains("nothing to bring back"), "{again:?}");
}
