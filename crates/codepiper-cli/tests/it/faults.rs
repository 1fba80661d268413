//! What the machine does to daemon and sessions: it freezes, its disk fills up, its clock jumps.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::fleet::{Fleet, say, shows};
use crate::moments::Moments;
use crate::support::TestHome;

fn is_soak() -> bool {
    std::env::var_os("CODEPIPER_SOAK").is_some()
}

/// Lets time go by: here that is what happens, not what is waited for.
fn pass(time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until {
        std::thread::park_timeout(until - Instant::now());
    }
}

/// The daemon, what it has started, and all processes of these sessions.
fn everything(home: &TestHome, ids: &[String]) -> Vec<Pid> {
    let daemon = home.call("GET", "/health", &Value::Null)["pid"].clone();
    let mut pids = vec![i32::try_from(daemon.as_i64().unwrap()).unwrap()];
    let children = Command::new("ps")
        .args(["-o", "pid=", "--ppid", &pids[0].to_string()])
        .output()
        .unwrap();
    let children = String::from_utf8(children.stdout).unwrap();
    pids.extend(
        children
            .split_whitespace()
            .filter_map(|pid| pid.parse::<i32>().ok()),
    );
    for id in ids {
        let tree = home.call("GET", &format!("/sessions/{id}/processes"), &Value::Null);
        let tree = tree["processes"].as_array().unwrap().iter();
        pids.extend(tree.map(|process| i32::try_from(process["pid"].as_i64().unwrap()).unwrap()));
    }
    pids.sort_unstable();
    pids.dedup();
    pids.into_iter()
        .map(|pid| Pid::from_raw(pid).unwrap())
        .collect()
}

/// A machine that sleeps: everything stands still at once, and goes on later.
#[test]
fn what_stood_still_goes_on() {
    let still = Duration::from_secs(if is_soak() { 60 } else { 6 });
    let fleet = Fleet::new();
    let home = Fleet::home();
    let mut ids = vec![home.demo(&[])];
    ids.extend(fleet.start(&home));
    let (asks, works) = (&ids[0], &ids[1..]);
    home.run(&["send", asks, "RUN: touch made\nSAY: I may"])
        .ok();
    let approval = home.pending(asks);
    for id in works {
        home.run(&["send", id, "SLOW: 2500\nSAY: I woke up"]).ok();
    }
    let before: Vec<Vec<Value>> = ids.iter().map(|id| home.events(id)).collect();

    let pids = everything(&home, &ids);
    let to_all = |signal| {
        for pid in &pids {
            let _ = kill_process(*pid, signal);
        }
    };
    to_all(Signal::STOP);
    pass(still);
    to_all(Signal::CONT);

    for id in works {
        home.until("the turn goes on", || shows(&home, id, "I woke up"));
    }
    for (id, before) in ids.iter().zip(before) {
        let now = home.session(id);
        assert_eq!(now["status"], "RUNNING", "{now}\n{}", home.daemon_log());
        assert_eq!(home.events(id)[..before.len()], before);
    }
    assert_eq!(home.approval(&approval["id"])["status"], "pending");
    assert_eq!(home.answer(&approval, "allow", "").0, 200);
    home.until("it ran", || home.path("work/made").exists());
    for id in &ids {
        home.run(&["wait", id, "--timeout", "30"]).ok();
        say(&home, id, "and on");
    }
    home.run(&["stop", &ids[1]]).ok();
    assert_eq!(home.session(&ids[1])["exit"]["reason"], "stopped");
}

/// A small disk of its own in memory; taken away with the test.
struct SmallDisk {
    place: PathBuf,
}

impl SmallDisk {
    /// `None` where this user may not mount.
    fn mount(place: &Path, bytes: u64) -> Option<Self> {
        std::fs::create_dir(place).unwrap();
        let mut mount = Command::new("mount");
        mount.args([
            "-t",
            "tmpfs",
            "-o",
            &format!("size={bytes},mode=0700"),
            "tmpfs",
        ]);
        let mounted = mount.arg(place).output().ok()?.status.success();
        mounted.then(|| Self {
            place: place.to_owned(),
        })
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        use std::io::Write as _;
        let mut filler = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.place.join("filler"))
            .unwrap();
        for size in [1 << 20, 4096, 1] {
            while filler.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.place.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let mut umount = Command::new("umount");
        drop(umount.arg("--lazy").arg(&self.place).status());
    }
}

#[test]
fn a_full_disk_refuses_events_and_stops_no_session() {
    let fleet = Fleet::new();
    let mut home = TestHome::bare();
    Fleet::furnish(&mut home);
    let program = std::fs::metadata(env!("CARGO_BIN_EXE_codepiper"))
        .unwrap()
        .len();
    let Some(disk) = SmallDisk::mount(&home.path(".codepiper"), program + (24 << 20)) else {
        use std::io::Write as _;
        // Past what the test harness takes for itself.
        drop(writeln!(
            std::io::stderr(),
            "SKIPPED: this user may not mount, so no disk is full"
        ));
        return;
    };
    home.start_daemon();
    let [leaves, ended, idle] = [(); 3].map(|()| home.demo(&[]));
    let working = fleet.start(&home);
    for works in &working {
        home.run(&["send", works, "SLOW: 2500\nSAY: I worked on"])
            .ok();
        home.run(&["send", works, "SAY: it was my turn"]).ok();
    }
    home.run(&["send", &leaves, "SLOW: 2500\nEXIT: 4"]).ok();
    disk.fill();

    let rename = |name: &str| {
        let body = json!({ "name": name }).to_string();
        home.http("PUT", &format!("/sessions/{idle}/name"), body.as_bytes())
    };
    // What was laid out before has some room left.
    let mut names = Vec::new();
    home.until("there is no room", || {
        let name = format!("name {}", names.len());
        let (status, body) = rename(&name);
        if status == 200 {
            names.push(name);
            return false;
        }
        assert_eq!(status, 507, "{body}");
        assert!(
            body.contains(r#""code":"disk_full""#) && body.contains("hint"),
            "{body}"
        );
        true
    });
    assert!(
        home.daemon_log().contains("the disk is full"),
        "{}",
        home.daemon_log()
    );
    let refused = home.run(&["send", &idle, "SAY: too much"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("the disk is full"), "{refused:?}");
    let refused = home.run(&["start", "-p", "demo", "-d", &home.work()]);
    assert_eq!(refused.code, 1, "{refused:?}");
    for works in &working {
        home.until("the agent works on", || shows(&home, works, "I worked on"));
    }
    home.until("the other one is gone", || {
        home.daemon_log().contains("cannot store the end")
    });
    assert!(!home.run(&["tail", &idle]).ok().stdout.contains("too much"));
    let begun = Instant::now();
    let unstored = home.run(&["kill", &ended]);
    assert!(unstored.stderr.contains("the disk is full"), "{unstored:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));

    disk.make_room();
    for works in &working {
        home.until("what waited is typed", || {
            shows(&home, works, "it was my turn")
        });
    }
    home.until("the end is stored", || {
        home.session(&leaves)["exit"]["code"] == 4
    });
    home.until("the other one too", || {
        home.session(&ended)["exit"]["reason"] == "killed"
    });
    let last = names.last().map_or(Value::Null, |name| json!(name));
    assert_eq!(
        home.session(&idle)["name"],
        last,
        "what was refused was not done"
    );
    let renamed = home
        .events(&idle)
        .iter()
        .filter(|e| e["type"] == "SessionRenamed")
        .count();
    assert_eq!(renamed, names.len());
    for id in working.iter().chain([&idle]) {
        home.run(&["wait", id, "--timeout", "30"]).ok();
        say(&home, id, "on");
    }
    home.run(&["audit", "verify"]).ok();
    home.run(&["down", "--sessions"]).ok();
    let db = codepiper_store::Connection::open(home.path(".codepiper/codepiper.db")).unwrap();
    let check: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    home.kill_daemon();
}

/// The events of a session that stay: of screens it is only the latest.
fn kept(home: &TestHome, id: &str) -> Vec<Value> {
    let mut events = home.events(id);
    events.retain(|event| event["type"] != "Screen");
    events
}

/// `kill -9` at any moment of a turn, again and again.
#[test]
fn a_daemon_that_is_killed_at_any_moment_loses_and_doubles_nothing() {
    let rounds = if is_soak() { 50 } else { 5 };
    let fleet = Fleet::new();
    let mut home = Fleet::home();
    home.policy(&json!([{ "id": "r", "action": "allow", "command": "echo *" }]));
    let mut ids = vec![home.demo(&[])];
    ids.extend(fleet.start(&home));
    let mut moments = Moments::new();
    for round in 0..rounds {
        for (i, id) in ids.iter().enumerate() {
            let prompt = format!("RUN: echo {round}-{i}\nSLOW: 200\nSAY: over {round}");
            home.run(&["send", id, &prompt]).ok();
        }
        pass(Duration::from_millis(moments.next() % 600));
        let acknowledged: Vec<Vec<Value>> = ids.iter().map(|id| kept(&home, id)).collect();
        home.kill_daemon();
        home.start_daemon();
        for (id, acknowledged) in ids.iter().zip(acknowledged) {
            assert_eq!(
                home.session(id)["status"],
                "RUNNING",
                "{}",
                home.daemon_log()
            );
            let now = kept(&home, id);
            let (first, count) = (&acknowledged[0]["id"], acknowledged.len());
            let from = now.iter().position(|event| event["id"] == *first).unwrap();
            let ids: Vec<_> = now.iter().map(|event| event["id"].as_i64()).collect();
            assert!(
                now[from..from + count] == acknowledged,
                "lost or doubled: {ids:?}"
            );
            assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
            home.until("the turn is over", || {
                shows(&home, id, &format!("over {round}"))
            });
            home.run(&["wait", id, "--timeout", "30"]).ok();
        }
    }
    for (i, id) in ids.iter().enumerate() {
        // Each command was asked about, and ran, once.
        let mut calls: Vec<String> = home
            .decisions(id)
            .iter()
            .map(|decision| decision["args"]["command"].as_str().unwrap().to_owned())
            .collect();
        calls.reverse();
        let wanted: Vec<String> = (0..rounds)
            .map(|round| format!("echo {round}-{i}"))
            .collect();
        assert_eq!(calls, wanted);
        let path = format!("/sessions/{id}/events?source=hook&type=PostToolUse&limit=1000");
        let used = home.call("GET", &path, &Value::Null)["events"].clone();
        assert_eq!(used.as_array().unwrap().len(), rounds);
    }
}
