use std::collections::HashSet;

use serde_json::Value;

use crate::claude::FakeClaude;
use crate::fleet::{Fleet, kill_terminal, say};
use crate::support::TestHome;

/// `kill -9` in the middle of turns, again and again: every session is found again as it was.
#[test]
fn every_session_survives_a_killed_daemon() {
    let rounds = if std::env::var_os("CODEPIPER_SOAK").is_some() {
        10
    } else {
        2
    };
    let fake = FakeClaude::new();
    let mut home = FakeClaude::home();
    let mut ids: Vec<String> = (0..3).map(|_| home.demo(&[])).collect();
    ids.extend((0..2).map(|_| fake.start(&home, &[])));
    for id in &ids {
        home.run(&["wait", id]).ok();
    }
    for round in 0..rounds {
        for id in &ids {
            let done = home
                .run(&["send", id, &format!("SLOW: 1500\nSAY: word {round}")])
                .ok();
            assert_eq!(done.stdout.trim(), "submitted");
        }
        let before: Vec<Vec<Value>> = ids.iter().map(|id| home.events(id)).collect();
        home.kill_daemon();
        home.start_daemon();
        for (id, before) in ids.iter().zip(before) {
            assert_eq!(
                home.session(id)["status"],
                "RUNNING",
                "{}",
                home.daemon_log()
            );
            let after = home.events(id);
            assert_eq!(
                after[..before.len()],
                before,
                "an acknowledged event is missing or doubled"
            );
            let distinct: HashSet<i64> = after.iter().filter_map(|e| e["id"].as_i64()).collect();
            assert_eq!(distinct.len(), after.len());
        }
        for id in &ids {
            home.until("the turn ends", || {
                home.run(&["tail", id])
                    .stdout
                    .contains(&format!("● word {round}"))
            });
            home.run(&["wait", id]).ok();
            assert_eq!(screen(&home, id), tmux_screen(&home, id), "session {id}");
        }
    }
    for id in &ids {
        let reply = home.run(&["send", id, "SAY: still here", "--wait"]).ok();
        assert_eq!(reply.stdout.trim(), "still here");
    }
}

fn screen(home: &TestHome, id: &str) -> Vec<String> {
    let (status, body) = home.http("GET", &format!("/sessions/{id}/output"), b"");
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).unwrap();
    let mut plain = String::new();
    let mut chars = body["output"].as_str().unwrap().chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
        } else if chars.next() == Some('[') {
            chars.by_ref().find(|c| ('@'..='~').contains(c));
        }
    }
    trimmed(&plain)
}

fn tmux_screen(home: &TestHome, id: &str) -> Vec<String> {
    let socket = home.session(id)["attach"][2].as_str().unwrap().to_owned();
    let mut tmux = std::process::Command::new("tmux");
    let output = tmux
        .args(["-N", "-u", "-S", &socket, "capture-pane", "-p"])
        .output()
        .unwrap();
    trimmed(&String::from_utf8(output.stdout).unwrap())
}

fn trimmed(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// In the middle of a turn, with the others in the same directory.
#[test]
fn each_agent_goes_on_with_its_conversation_when_its_terminal_was_killed() {
    let fleet = Fleet::new();
    let home = Fleet::home();
    let ids = fleet.start(&home);
    for id in &ids {
        say(&home, id, &format!("I am {id}"));
    }
    for id in &ids {
        home.run(&["send", id, "SLOW: 5000\nSAY: never heard"]).ok();
        home.run(&["wait", id, "--until", "working", "--timeout", "30"])
            .ok();
        kill_terminal(&home.session(id)["attach"]);
        home.until("the loss is noticed", || {
            home.session(id)["exit"]["reason"] == "tmux_lost"
        });
        for other in ids.iter().filter(|other| *other != id) {
            assert_eq!(home.session(other)["status"], "RUNNING");
        }
        home.run(&["resume", id]).ok();
        home.run(&["wait", id, "--timeout", "30"]).ok();
    }
    for id in &ids {
        let back = format!("back as {id}");
        say(&home, id, &back);
        let history = fleet.history(&home, id, &back);
        for other in &ids {
            let is_there = history.contains(&format!("I am {other}"));
            assert_eq!(is_there, other == id, "{id} knows what was said to {other}");
        }
    }
}

#[test]
fn a_dead_tmux_server_ends_its_session_and_no_other() {
    let home = TestHome::new();
    let (lost, kept) = (home.demo(&[]), home.demo(&[]));
    kill_tmux_server(&home, &lost);
    home.until("the end is noticed", || {
        home.session(&lost)["status"] == "CRASHED"
    });
    assert_eq!(home.session(&lost)["exit"]["reason"], "tmux_lost");
    assert_eq!(home.session(&kept)["status"], "RUNNING");
    let reply = home.run(&["send", &kept, "SAY: fine", "--wait"]).ok();
    assert_eq!(reply.stdout.trim(), "fine");
}

#[test]
fn what_died_while_no_daemon_ran_is_known_when_one_does() {
    let mut home = TestHome::new();
    let (lost, exited, kept) = (home.demo(&[]), home.demo(&[]), home.demo(&[]));
    home.run(&["send", &exited, "SLOW: 700\nEXIT: 4"]).ok();
    let exited_socket = home.session(&exited)["attach"][2]
        .as_str()
        .unwrap()
        .to_owned();
    let lost_socket = home.session(&lost)["attach"][2]
        .as_str()
        .unwrap()
        .to_owned();
    let server = server_pid(&lost_socket);
    home.kill_daemon();
    kill(server);
    home.until("the agent exits", || {
        tmux_value(&exited_socket, "#{pane_dead}") == "1"
    });
    home.start_daemon();
    assert_eq!(home.session(&lost)["exit"]["reason"], "tmux_lost");
    home.until("the exit is known", || {
        home.session(&exited)["exit"]["code"] == 4
    });
    assert_eq!(home.session(&kept)["status"], "RUNNING");
    assert!(!std::path::Path::new(&lost_socket).exists());
}

/// The server runs already, and its session is not there yet.
#[test]
fn a_start_in_the_middle_of_which_the_daemon_was_killed_leaves_nothing() {
    use std::os::unix::fs::PermissionsExt;

    let path = std::env::var("PATH").unwrap();
    let mut home = TestHome::bare();
    let (bin, reached) = (home.path("bin"), home.path("reached"));
    std::fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\nPATH='{path}'\ncase \"$*\" in *new-session*) \
         [ -e '{reached}' ] || {{ : > '{reached}'; exec sleep 2; }};; esac\nexec tmux \"$@\"\n",
        reached = reached.display(),
    );
    std::fs::write(bin.join("tmux"), script).unwrap();
    std::fs::set_permissions(bin.join("tmux"), PermissionsExt::from_mode(0o755)).unwrap();
    home.set_env("PATH", &format!("{}:{path}", bin.display()));
    home.start_daemon();
    let work = home.work();
    let mut start = home.command(["start", "-p", "demo", "-d", &work]);
    let mut start = start.spawn().unwrap();
    home.until("the server is there", || reached.exists());
    home.kill_daemon();
    start.wait().unwrap();

    home.start_daemon();
    let list = home.run(&["sessions", "--json"]).ok().json();
    assert_eq!(
        list["sessions"][0]["exit"]["reason"], "launch_failed",
        "{list}"
    );
    let run = home.path(".codepiper/run");
    let sockets = || {
        let entries = std::fs::read_dir(&run).unwrap().flatten();
        entries
            .filter(|entry| entry.path().extension().is_some_and(|e| e == "tmux"))
            .count()
    };
    assert_eq!(sockets(), 0);
    let ps = std::process::Command::new("ps")
        .args(["-eo", "args"])
        .output()
        .unwrap();
    let ps = String::from_utf8_lossy(&ps.stdout);
    assert!(!ps.contains(&format!("-S {}", run.display())), "{ps}");
    let id = home.demo(&[]);
    home.run(&["stop", &id]).ok();
}

#[test]
fn a_first_prompt_that_waits_survives_the_daemon() {
    let fake = FakeClaude::new();
    let mut home = FakeClaude::home();
    let prompt = format!("{}\nSAY: typed after all", "x".repeat(20_000));
    let id = fake.start(&home, &["--prompt", &prompt]);
    home.kill_daemon();
    home.start_daemon();
    home.until("the reply", || {
        home.run(&["tail", &id])
            .stdout
            .contains("● typed after all")
    });
}

#[test]
fn a_hanging_tmux_server_costs_its_own_session_only() {
    let home = TestHome::new();
    let (hung, fine) = (home.demo(&[]), home.demo(&[]));
    let server = home.session(&hung)["attach"][2]
        .as_str()
        .map(server_pid)
        .unwrap();
    let server = rustix::process::Pid::from_raw(server).unwrap();
    rustix::process::kill_process(server, rustix::process::Signal::STOP).unwrap();
    let refused = home.run(&["keys", &hung, "x"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    let reply = home.run(&["send", &fine, "SAY: fine", "--wait"]).ok();
    assert_eq!(reply.stdout.trim(), "fine");
    home.run(&["kill", &hung]).ok();
    assert_eq!(home.session(&hung)["exit"]["reason"], "killed");
    let ends = home
        .events(&hung)
        .iter()
        .filter(|e| e["type"] == "SessionEnded")
        .count();
    assert_eq!(ends, 1);
    assert_eq!(home.session(&fine)["status"], "RUNNING");
}

#[test]
fn a_stopped_daemon_leaves_its_sessions_and_down_with_sessions_does_not() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    home.run(&["down"]).ok();
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(home.session(&id)["status"], "RUNNING");
    home.run(&["down", "--sessions"]).ok();
    home.kill_daemon();
    home.start_daemon();
    assert_eq!(home.session(&id)["status"], "STOPPED");
}

#[test]
fn a_foreign_tmux_server_in_the_same_place_is_left_alone() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    let socket = home.session(&id)["attach"][2].as_str().unwrap().to_owned();
    home.kill_daemon();
    kill(server_pid(&socket));
    let foreign = [
        "-f",
        "/dev/null",
        "-S",
        &socket,
        "new-session",
        "-d",
        "-s",
        "theirs",
        "sleep",
        "300",
    ];
    home.until("a stranger takes the socket", || {
        std::process::Command::new("tmux")
            .args(foreign)
            .status()
            .unwrap()
            .success()
    });
    home.start_daemon();
    home.until("it is known to be lost", || {
        home.session(&id)["status"] == "CRASHED"
    });
    assert!(server_pid(&socket) > 0);
}

fn kill_tmux_server(home: &TestHome, id: &str) {
    let socket = home.session(id)["attach"][2].as_str().unwrap().to_owned();
    kill(server_pid(&socket));
}

fn server_pid(socket: &str) -> i32 {
    tmux_value(socket, "#{pid}").parse().expect("a pid")
}

fn tmux_value(socket: &str, format: &str) -> String {
    let mut tmux = std::process::Command::new("tmux");
    let output = tmux
        .args(["-N", "-S", socket, "display-message", "-p", format])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}
