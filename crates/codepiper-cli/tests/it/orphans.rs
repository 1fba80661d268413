//! What an agent starts stays below its session's tmux server.

use crate::support::{TestHome, until};

/// Double forks with an empty environment; writes its number and becomes `then`.
fn orphan(file: &str, then: &str) -> String {
    format!("env -i setsid -f sh -c 'echo $$ > {file}; {then}' >/dev/null 2>&1 </dev/null")
}

fn stat(pid: i32) -> Option<(String, i32)> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

fn parent(pid: i32) -> i32 {
    stat(pid).map_or(0, |(_, parent)| parent)
}

fn is_running(pid: i32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != "Z")
}

fn written(home: &TestHome, name: &str) -> i32 {
    let file = home.path("work").join(name);
    let read = || std::fs::read_to_string(&file).ok()?.trim().parse().ok();
    home.until(name, || read().is_some());
    read().unwrap()
}

fn socket(home: &TestHome, id: &str) -> String {
    home.session(id)["attach"][2].as_str().unwrap().to_owned()
}

fn tmux(socket: &str, args: &[&str]) -> String {
    let mut tmux = std::process::Command::new("tmux");
    let output = tmux.args(["-N", "-S", socket]).args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn server_pid(socket: &str) -> i32 {
    tmux(socket, &["display-message", "-p", "#{pid}"])
        .parse()
        .unwrap()
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// A daemon that nobody waits for, ended with the test.
struct Daemon(i32);

impl Drop for Daemon {
    fn drop(&mut self) {
        if is_running(self.0) {
            kill(self.0);
        }
    }
}

#[test]
fn an_orphan_is_a_child_of_the_tmux_server_and_leaves_no_zombie() {
    let home = TestHome::new();
    let id = home.demo(&["--dangerous"]);
    let server = server_pid(&socket(&home, &id));
    let script = format!(
        "RUN: {}; {}; (env -i nohup sh -c 'echo $$ > three; exec sleep 300' >/dev/null 2>&1 &)",
        orphan("one", "exec sleep 300"),
        orphan("two", "exit 3"),
    );
    home.run(&["send", &id, &script, "--wait"]).ok();
    let [one, two, three] = ["one", "two", "three"].map(|name| written(&home, name));
    home.until("they lost their parents", || {
        parent(one) == server && parent(three) == server
    });
    home.until("the dead one is collected", || stat(two).is_none());
    kill(one);
    home.until("the killed one is collected", || stat(one).is_none());
    assert_eq!(home.session(&id)["status"], "RUNNING");

    // One that the agent's own end leaves behind goes, too.
    home.run(&["send", &id, "EXIT: 4"]).ok();
    home.until("the end", || home.session(&id)["exit"]["code"] == 4);
    home.until("nothing is left", || {
        !is_running(three) && !is_running(server)
    });
}

#[test]
fn a_process_whose_name_is_no_text_does_not_outlive_its_session() {
    for end in ["stop", "kill"] {
        let home = TestHome::new();
        let id = home.demo(&["--dangerous"]);
        let script = format!(
            "RUN: ln -s \"$(command -v sleep)\" \"$(printf 'x\\377\\376')\"; {}",
            orphan("one", r#"exec "$(printf "./x\377\376")" 300"#)
        );
        home.run(&["send", &id, &script, "--wait"]).ok();
        let one = written(&home, "one");
        home.until("it has its name", || {
            let name = std::fs::read(format!("/proc/{one}/comm")).unwrap_or_default();
            name == b"x\xff\xfe\n"
        });
        home.run(&[end, &id]).ok();
        assert!(!is_running(one), "{end}");
    }
}

/// Each forks another and ends at once; one kind stays in its process group and one does not.
#[test]
fn processes_that_keep_forking_do_not_outlive_their_session() {
    let home = TestHome::new();
    let id = home.demo(&["--dangerous"]);
    // It ends with the test's directory.
    let hop = "[ -e hop.sh ] || exit; $1 sh hop.sh $1 & echo $$ > \"hop$1\"";
    std::fs::write(home.path("work/hop.sh"), hop).unwrap();
    let script = "RUN: for how in '' setsid; do \
         env -i setsid -f sh hop.sh $how >/dev/null 2>&1 </dev/null; done";
    home.run(&["send", &id, script, "--wait"]).ok();
    let files = ["hop", "hopsetsid"].map(|name| home.path("work").join(name));
    for file in &files {
        home.until("it hops", || file.exists());
    }
    home.run(&["kill", &id]).ok();
    for file in &files {
        drop(std::fs::remove_file(file));
    }
    std::thread::park_timeout(std::time::Duration::from_millis(500));
    for file in &files {
        assert!(!file.exists(), "{}", home.daemon_log());
    }
}

/// The server of an earlier version: tmux put it into the background, it is no subreaper.
#[test]
fn a_session_that_was_started_the_old_way_is_adopted() {
    let mut home = TestHome::new();
    let id = home.demo(&[]);
    let socket = socket(&home, &id);
    let server = server_pid(&socket);
    let tag = tmux(&socket, &["show-options", "-sv", "@codepiper_tag"]);
    let name = tmux(&socket, &["display-message", "-p", "#{session_name}"]);
    let environ = std::fs::read_to_string(format!("/proc/{server}/environ")).unwrap();
    let environ = environ
        .split('\0')
        .filter_map(|entry| entry.split_once('='));
    home.kill_daemon();
    kill(server);
    home.until("the server is gone", || !is_running(server));

    let mut old = std::process::Command::new("tmux");
    old.args(["-u", "-S", &socket, "-f"])
        .arg(home.path(".codepiper/run/tmux.conf"))
        .args(["new-session", "-d", "-s", &name, "-x", "80", "-y", "24"])
        .args([env!("CARGO_BIN_EXE_codepiper"), "agent-exec"])
        .arg(home.path(&format!(".codepiper/sessions/{id}/launch.json")))
        .args([";", "set-option", "-s", "@codepiper_tag", &tag])
        .env_clear()
        .envs(environ)
        .current_dir("/");
    assert!(old.status().unwrap().success());
    home.start_daemon();
    assert_eq!(home.session(&id)["status"], "RUNNING");
    let reply = home.run(&["send", &id, "SAY: still here", "--wait"]).ok();
    assert_eq!(reply.stdout.trim(), "still here");
    let server = server_pid(&socket);
    home.run(&["stop", &id]).ok();
    home.until("the server is gone", || !is_running(server));
}

/// Its tmux servers, and it, have become children of the outer session's tmux server.
#[test]
fn the_sessions_of_a_daemon_inside_a_session_are_not_that_session_s() {
    let outer = TestHome::new();
    let outer_id = outer.demo(&["--dangerous"]);
    let outer_server = server_pid(&socket(&outer, &outer_id));
    let inner = TestHome::bare();
    let start_inner = || {
        let script = format!(
            "RUN: HOME={} CODEPIPER_SOCKET={} {} daemon start --detach",
            inner.dir.path().display(),
            inner.socket().display(),
            env!("CARGO_BIN_EXE_codepiper"),
        );
        outer.run(&["send", &outer_id, &script, "--wait"]).ok();
        let pid = inner.run(&["daemon", "status", "--json"]).ok().json()["pid"].clone();
        Daemon(i32::try_from(pid.as_i64().unwrap()).unwrap())
    };
    let daemon = start_inner();
    outer.until("it is an orphan", || parent(daemon.0) == outer_server);
    let inner_id = inner.demo(&[]);
    let inner_server = server_pid(&socket(&inner, &inner_id));
    drop(daemon);
    outer.until("its session is an orphan", || {
        parent(inner_server) == outer_server
    });
    let daemon = start_inner();

    outer.run(&["kill", &outer_id]).ok();
    until("the outer server is gone", String::new, &mut || {
        !is_running(outer_server)
    });
    assert!(is_running(daemon.0));
    assert_eq!(inner.session(&inner_id)["status"], "RUNNING");
    inner.run(&["down", "--sessions"]).ok();
}
