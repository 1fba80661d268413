//! Sessions in systemd scopes of their own. `systemd-run` and `loginctl` are played: the machine that
//! runs the tests need not have been started by systemd.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::TestHome;

/// Writes its arguments down, and executes what follows `--` as systemd-run does.
const WORKS: &str = "while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"";

/// A home in whose `PATH` such programs come first.
fn home(systemd_run: &str, loginctl: &str) -> TestHome {
    let mut home = TestHome::bare();
    let bin = home.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let log = home.path("calls").display().to_string();
    let record = format!("printf '%s\\n' \"$*\" >> '{log}'; {systemd_run}");
    for (name, script) in [("systemd-run", record.as_str()), ("loginctl", loginctl)] {
        let file = bin.join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    home.set_env("PATH", &path);
    home.start_daemon();
    home
}

fn calls(home: &TestHome) -> Vec<String> {
    let text = std::fs::read_to_string(home.path("calls")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// It works, it is found by the next daemon, nothing that its agent leaves behind is left.
fn is_whole(home: &mut TestHome, id: &str) {
    let hidden = "RUN: env -i setsid -f sleep 317 >/dev/null 2>&1";
    home.policy(&json!([{ "id": "r", "action": "allow", "command": "*" }]));
    home.run(&["send", id, hidden, "--wait"]).ok();
    home.kill_daemon();
    home.start_daemon();
    home.run(&["wait", id]).ok();
    let reply = home.run(&["send", id, "SAY: still here", "--wait"]).ok();
    assert_eq!(reply.stdout.trim(), "still here");
    let tree = home.call("GET", &format!("/sessions/{id}/processes"), &Value::Null);
    let pid_of = |name: &str| {
        let processes = tree["processes"].as_array().unwrap();
        let found = processes.iter().find(|process| process["command"] == name);
        found.unwrap_or_else(|| panic!("no {name}: {tree}"))["pid"].clone()
    };
    let (server, sleeper) = (pid_of("tmux: server"), pid_of("sleep"));
    home.run(&["stop", id]).ok();
    for pid in [server, sleeper] {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
    }
}

fn doctor(home: &TestHome) -> (Value, Value) {
    let checks = home.run(&["doctor", "--json"]).json()["checks"].clone();
    let found = |id: &str| {
        let checks = checks.as_array().unwrap().iter();
        checks
            .clone()
            .find(|check| check["id"] == id)
            .unwrap()
            .clone()
    };
    (found("systemd.scope"), found("systemd.linger"))
}

#[test]
fn a_session_gets_a_scope_of_its_own_where_that_works() {
    let mut home = home(WORKS, "echo no");
    let id = home.demo(&[]);
    let calls = calls(&home);
    assert_eq!(calls.len(), 2, "one probe, one session: {calls:?}");
    let unit = format!("--user --scope --quiet --collect --unit=codepiper-{id} -- ");
    assert!(
        calls[1].starts_with(&unit) && calls[1].contains(" reaper-exec "),
        "{calls:?}"
    );
    is_whole(&mut home, &id);
    // Its name is free again.
    home.run(&["resume", &id]).ok();
    let (scope, linger) = doctor(&home);
    assert_eq!(
        (&scope["level"], &linger["level"]),
        (&json!("ok"), &json!("warning"))
    );
    assert_eq!(linger["fix"], "loginctl enable-linger");
}

#[test]
fn a_session_starts_without_one_where_the_start_of_it_fails() {
    let mut home = home("case \"$*\" in *probe*) ;; *) exit 1;; esac", "echo yes");
    let id = home.demo(&[]);
    assert_eq!(calls(&home).len(), 2);
    assert!(
        home.daemon_log().contains("it gets no scope of its own"),
        "{}",
        home.daemon_log()
    );
    is_whole(&mut home, &id);
    assert_eq!(doctor(&home).1["level"], "ok");
}

#[test]
fn where_the_probe_fails_or_hangs_no_session_is_held_up() {
    for script in ["exit 1", "exec sleep 600"] {
        let home = home(script, "exit 1");
        let id = home.demo(&[]);
        assert_eq!(home.session(&id)["status"], "RUNNING");
        assert_eq!(calls(&home).len(), 1, "{script}");
    }
}
