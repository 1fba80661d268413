//! Many sessions at once, and what is left of them.

use std::io::Write as _;
use std::thread::scope;

use serde_json::{Value, json};

use crate::support::TestHome;

/// Clients that act at the same time.
const CLIENTS: usize = 8;

/// What the daemon and all it started take of the machine.
#[derive(Clone, Copy, Debug)]
struct Footprint {
    /// Processes of this home, the daemon's among them.
    processes: usize,
    /// Open files of the daemon.
    descriptors: usize,
    /// Memory of the daemon, in KiB.
    memory: u64,
}

impl Footprint {
    fn of(home: &TestHome) -> Self {
        let daemon = home.call("GET", "/health", &Value::Null)["pid"].clone();
        let status = std::fs::read_to_string(format!("/proc/{daemon}/status")).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let memory = resident.and_then(|line| line.split_whitespace().next()?.parse().ok());
        let descriptors = std::fs::read_dir(format!("/proc/{daemon}/fd")).unwrap();
        Self {
            processes: processes(home),
            descriptors: descriptors.count(),
            memory: memory.unwrap(),
        }
    }
}

/// Counts the processes that were started in this home.
pub(crate) fn processes(home: &TestHome) -> usize {
    let of_home = format!("HOME={}", home.dir.path().display());
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let environments = entries.filter_map(|entry| std::fs::read(entry.path().join("environ")).ok());
    let is_of_home = |environment: &Vec<u8>| {
        let mut variables = environment.split(|byte| *byte == 0);
        variables.any(|variable| variable == of_home.as_bytes())
    };
    environments.filter(is_of_home).count()
}

/// Says something past what the test harness takes for itself.
pub(crate) fn tell(words: &str) {
    drop(writeln!(std::io::stderr(), "{words}"));
}

/// Does something to each, by several clients at once.
fn each(ids: &[String], act: impl Fn(&str) + Sync) {
    let act = &act;
    scope(|scope| {
        for part in ids.chunks(ids.len().div_ceil(CLIENTS)) {
            scope.spawn(move || part.iter().for_each(|id| act(id)));
        }
    });
}

#[test]
fn a_crowd_of_sessions_starts_works_stops_and_leaves_nothing() {
    let (count, rounds) = if std::env::var_os("CODEPIPER_SOAK").is_some() {
        (100, 4)
    } else {
        (10, 2)
    };
    let home = TestHome::new();
    home.policy(&json!([{ "id": "echo", "action": "allow", "command": "echo*" }]));
    let alone = Footprint::of(&home);
    let mut after = Vec::new();
    for _ in 0..rounds {
        let names: Vec<String> = (0..count).map(|i| format!("one of many {i}")).collect();
        each(&names, |name| {
            home.demo(&["--name", name]);
        });
        let sessions = home.call("GET", "/sessions", &Value::Null);
        let sessions = sessions["sessions"].as_array().unwrap();
        let ids: Vec<String> = sessions
            .iter()
            .map(|session| session["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), count);
        // All of them work before the first is asked for its answer.
        each(&ids, |id| {
            let prompt = format!("RUN: echo\nSLOW: 3000\nSAY: I am {id}");
            home.run(&["send", id, &prompt]).ok();
        });
        let busy = Footprint::of(&home);
        each(&ids, |id| {
            let answered = format!("● I am {id}");
            home.until("it answers", || {
                home.run(&["tail", id]).stdout.contains(&answered)
            });
        });
        each(&ids, |id| {
            home.run(&["stop", id]).ok();
            home.run(&["delete", id, "--yes"]).ok();
        });
        home.until("nothing runs any more", || {
            processes(&home) == alone.processes
        });
        let now = Footprint::of(&home);
        tell(&format!(
            "{count} sessions at once: {busy:?}; after them: {now:?}; before: {alone:?}"
        ));
        after.push(now);
        for (folder, what_stays) in [("run", &["tmux.conf"][..]), ("sessions", &[])] {
            let left = std::fs::read_dir(home.path(".codepiper").join(folder)).unwrap();
            let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
            assert_eq!(left, what_stays, "{folder}");
        }
    }
    let (first, last) = (after[0], after[rounds - 1]);
    assert!(last.descriptors <= first.descriptors + 2, "{after:?}");
    // What a hundred sessions take once is kept for the next hundred.
    assert!(last.memory < first.memory * 5 / 4, "{after:?}");
}
