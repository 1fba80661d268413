//! What comes back after the machine was switched off.

use std::process::Stdio;

use crate::fleet::{Fleet, kill_terminal, say};
use crate::support::TestHome;

/// A session of each agent that runs and one that was stopped, and then a machine that is switched off: daemon
/// and tmux servers are gone, and the next start of the machine has another name.
fn switched_off(fleet: &Fleet, settings: &str) -> (TestHome, [String; 3], String) {
    let mut home = Fleet::home();
    let (status, body) = home.http("PUT", "/settings/daemon", settings.as_bytes());
    assert_eq!(status, 200, "{body}");
    let ids = fleet.start(&home);
    for id in &ids {
        say(&home, id, &format!("I am {id}"));
    }
    let stopped = home.demo(&[]);
    home.run(&["stop", &stopped]).ok();
    let terminals = ids.each_ref().map(|id| home.session(id)["attach"].clone());
    home.kill_daemon();
    for terminal in terminals {
        kill_terminal(&terminal);
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

fn all_are_back(fleet: &Fleet, home: &TestHome, ids: &[String]) {
    for id in ids {
        home.until("it runs again", || home.session(id)["status"] == "RUNNING");
        home.run(&["wait", id, "--timeout", "30"]).ok();
        let back = format!("back as {id}");
        say(home, id, &back);
        let history = fleet.history(home, id, &back);
        for other in ids {
            let is_there = history.contains(&format!("I am {other}"));
            assert_eq!(is_there, other == id, "{id} knows what was said to {other}");
        }
        assert_eq!(resumed(home, id), 1);
    }
}

#[test]
fn they_come_back_by_themselves_once_where_that_is_wanted_even_from_two_daemons_at_once() {
    let fleet = Fleet::new();
    let (mut home, ids, stopped) = switched_off(&fleet, r#"{"restoreAfterReboot":true}"#);
    let mut second = home.command(["daemon"]);
    second.stdout(Stdio::null()).stderr(Stdio::null());
    let mut second = second.spawn().unwrap();
    home.start_daemon();
    all_are_back(&fleet, &home, &ids);
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
    let fleet = Fleet::new();
    let (mut home, ids, stopped) = switched_off(&fleet, r#"{"restoreAfterReboot":false}"#);
    home.start_daemon();
    for id in &ids {
        assert_eq!(home.session(id)["exit"]["reason"], "tmux_lost");
    }
    let shown = home.run(&["restore", "--dry-run", "--json"]).ok().json();
    assert_eq!(shown["sessions"].as_array().unwrap().len(), 3);
    // One that somebody has brought back already needs it no more, also when it has ended since.
    home.run(&["resume", &ids[1]]).ok();
    home.run(&["stop", &ids[1]]).ok();
    let done = home.run(&["restore"]).ok();
    assert_eq!(done.stdout.lines().count(), 2, "{done:?}");
    assert_eq!(home.session(&ids[1])["status"], "STOPPED");
    let ids = [ids[0].clone(), ids[2].clone()];
    all_are_back(&fleet, &home, &ids);
    assert_eq!(home.session(&stopped)["status"], "STOPPED");
    let again = home.run(&["restore"]).ok();
    assert!(again.stderr.contains("nothing to bring back"), "{again:?}");
}
