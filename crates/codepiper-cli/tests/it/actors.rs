//! What comes out of a session may next to nothing, however it goes about it.

use serde_json::{Value, json};

use crate::support::TestHome;

/// A home with a session whose agent runs whatever it is told, and another session.
struct Scene {
    home: TestHome,
    agent: String,
    other: String,
}

impl Scene {
    fn new() -> Self {
        let home = TestHome::new();
        home.policy(&json!([{ "id": "all", "action": "allow", "tool": "Bash" }]));
        let (agent, other) = (
            home.demo(&["--name", "agent"]),
            home.demo(&["--name", "other"]),
        );
        Self { home, agent, other }
    }

    /// Has the agent run a shell script and waits for its last line, `done`.
    fn run(&self, script: &str) -> String {
        let (file, out) = (self.home.path("script.sh"), self.home.path("script.out"));
        drop(std::fs::remove_file(&out));
        let program = env!("CARGO_BIN_EXE_codepiper");
        let text = format!(
            "cp() {{ '{program}' --socket '{}' \"$@\"; echo \"exit $?\"; }}\n{script}\n",
            self.home.socket().display()
        );
        std::fs::write(&file, text).unwrap();
        let prompt = format!("RUN: sh {} > {} 2>&1", file.display(), out.display());
        self.home.run(&["send", &self.agent, &prompt]).ok();
        let mut said = String::new();
        self.home.until("the script is done", || {
            said = std::fs::read_to_string(&out).unwrap_or_default();
            said.lines().last() == Some("done")
        });
        self.home
            .run(&["wait", &self.agent, "--timeout", "30"])
            .ok();
        said
    }

    fn refusals(&self) -> Vec<String> {
        let events = self.home.events(&self.agent);
        let refused = events
            .iter()
            .filter(|event| event["type"] == "ActorRefused");
        refused
            .map(|event| event["payload"]["call"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Nothing of what was tried has happened.
    fn nothing_happened(&self) {
        let list = self.home.run(&["sessions", "--json"]).ok().json();
        assert_eq!(list["sessions"].as_array().unwrap().len(), 2);
        assert_eq!(self.home.session(&self.other)["status"], "RUNNING");
        let policies = self.home.call("GET", "/policies", &Value::Null);
        assert_eq!(policies["policies"].as_array().unwrap().len(), 1);
        let screen = self.home.run(&["tail", &self.other]).stdout;
        assert!(!screen.contains("injected"), "{screen}");
    }
}

#[test]
fn a_command_of_the_agent_is_refused_and_that_is_written_down() {
    let scene = Scene::new();
    let work = scene.home.work();
    scene
        .home
        .run(&["send", &scene.other, "WRITE: secret.txt"])
        .ok();
    let approval = scene.home.pending(&scene.other);
    let (id, other) = (approval["id"].as_str().unwrap(), &scene.other);
    let rules = r#"[{"id":"x","action":"allow","tool":"*"}]"#;
    let said = scene.run(&format!(
        "cp approve {id}\ncp policy create --name mine --rules '{rules}'\n\
         cp start -p demo -d '{work}'\ncp send {other} injected\ncp keys {other} 1\n\
         cp interrupt {other}\ncp stop {other}\ncp kill {other}\ncp approvals\ncp events\ncp daemon stop\necho done"
    ));
    assert_eq!(said.matches("exit 5").count(), 11, "{said}");
    assert!(said.contains("may not do this"), "{said}");
    assert_eq!(scene.home.approval(&approval["id"])["status"], "pending");
    scene.nothing_happened();
    let refusals = scene.refusals();
    for call in [
        "POST /policies",
        "POST /sessions",
        "GET /approvals",
        "GET /events",
    ] {
        assert!(
            refusals.iter().any(|refused| refused == call),
            "{call}: {refusals:?}"
        );
    }
}

#[test]
fn leaving_the_terminal_or_the_parents_does_not_help() {
    let scene = Scene::new();
    let (program, socket) = (env!("CARGO_BIN_EXE_codepiper"), scene.home.socket());
    let work = scene.home.work();
    for (how, wrap) in [
        ("setsid -f", "setsid -f sh -c \"$1; echo done\""),
        (
            "an orphan",
            "(sh -c \"while kill -0 $$ 2>/dev/null; do sleep 0.02; done; $1; echo done\" &)",
        ),
        (
            "another environment",
            "env -u CODEPIPER_SESSION sh -c \"$1; echo done\"",
        ),
        (
            "no environment",
            "env -i PATH=\"$PATH\" sh -c \"$1; echo done\"",
        ),
        // Elsewhere nothing is left to tell it by.
        #[cfg(target_os = "linux")]
        (
            "none of them",
            "env -i PATH=\"$PATH\" setsid -f sh -c \"$1; echo done\"",
        ),
        #[cfg(target_os = "linux")]
        (
            "and a name that is no text",
            "sh=\"$(printf 'x\\377\\376')\"; ln -s \"$(command -v sh)\" \"$sh\"
             env -i PATH=\"$PATH\" setsid -f \"./$sh\" -c \"$1; echo done\"",
        ),
        #[cfg(target_os = "linux")]
        (
            "and many processes in between",
            "echo 'if [ $1 -gt 0 ]; then sh deep.sh $(($1 - 1)) \"$2\"; else eval \"$2\"; fi; exit $?' \\
               > deep.sh
             env -i PATH=\"$PATH\" setsid -f sh deep.sh 150 \"$1; echo done\"",
        ),
    ] {
        let attempt = format!(
            "'{program}' --socket '{}' start -p demo -d '{work}'; echo exit \\$?",
            socket.display()
        );
        let said = scene.run(&format!("set -- \"{attempt}\"\n{wrap}"));
        assert!(said.contains("exit 5"), "{how}: {said}");
        scene.nothing_happened();
    }
    let attempts = if cfg!(target_os = "linux") { 7 } else { 4 };
    assert_eq!(scene.refusals().len(), attempts);
}

#[test]
fn an_agent_sees_its_own_session_and_no_other() {
    let scene = Scene::new();
    let (agent, other) = (&scene.agent, &scene.other);
    let said = scene.run(&format!(
        "cp show {agent}\ncp show {other}\ncp daemon status\necho done"
    ));
    let exits: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("exit"))
        .collect();
    assert_eq!(exits, ["exit 0", "exit 5", "exit 0"], "{said}");
}

#[test]
fn a_session_cannot_report_for_another() {
    let scene = Scene::new();
    // The secret is in the agent's environment: it may use it for itself.
    let said = scene.run("printf '%s\\n' \"$CODEPIPER_SECRET\"; echo done");
    let secret = said.lines().next().unwrap().to_owned();
    assert_eq!(secret.len(), 64);
    let report = |session: &str| {
        let body = json!({
            "sessionId": session,
            "event": "Notification",
            "data": { "notification_type": "idle_prompt" },
            "deliveryId": "0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d",
        })
        .to_string();
        let request = format!(
            "POST /hooks/claude HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             X-CodePiper-Secret: {secret}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        scene.home.raw_http(request.as_bytes())
    };
    let (status, body) = report(&scene.other);
    assert_eq!(status, 403, "{body}");
    assert!(!body.contains(&secret));
    assert_eq!(report(&scene.agent).0, 200);
}

#[test]
fn the_person_is_not_taken_for_an_agent() {
    let home = TestHome::new();
    let id = home.demo(&[]);
    let program = env!("CARGO_BIN_EXE_codepiper");
    let call = format!(
        "'{program}' --socket '{}' show {id} > said 2>&1; echo \"exit $?\" > done; exit 0",
        home.socket().display()
    );
    let tmux = home.path("own.tmux");
    let mut ways = vec![
        ("a shell", vec!["sh", "-c", &call]),
        (
            "a terminal of its own",
            vec![
                "tmux",
                "-f",
                "/dev/null",
                "-S",
                tmux.to_str().unwrap(),
                "new-session",
                "-d",
                &call,
            ],
        ),
    ];
    if cfg!(target_os = "linux") {
        let nothing = ["env", "-i", "setsid", "-f", "sh", "-c", &call];
        ways.push(("nothing around it", nothing.to_vec()));
        let deep = "if [ $1 -gt 0 ]; then sh deep.sh $(($1 - 1)); else . ./call.sh; fi; exit $?";
        std::fs::write(home.path("work/deep.sh"), deep).unwrap();
        std::fs::write(home.path("work/call.sh"), &call).unwrap();
        ways.push(("many processes", vec!["sh", "deep.sh", "150"]));
    }
    for (how, way) in ways {
        let mut command = std::process::Command::new(way[0]);
        let command = command.args(&way[1..]).current_dir(home.path("work"));
        assert!(command.status().unwrap().success(), "{how}");
        let done = home.path("work/done");
        home.until(how, || {
            std::fs::read_to_string(&done).is_ok_and(|text| text.ends_with('\n'))
        });
        let said = std::fs::read_to_string(home.path("work/said")).unwrap();
        let exit = std::fs::read_to_string(&done).unwrap();
        assert_eq!(exit, "exit 0\n", "{how}: {said}");
        std::fs::remove_file(&done).unwrap();
    }
}

/// It calls, and is gone before the daemon gets to it; somebody else holds its connection.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_told_is_refused_and_that_is_written_down() {
    use std::io::Write as _;

    use rustix::process::{
        Pid, PidfdFlags, PidfdGetfdFlags, Signal, kill_process, pidfd_getfd, pidfd_open,
    };

    let home = TestHome::new();
    let pid = home.run(&["daemon", "status", "--json"]).ok().json()["pid"].clone();
    let daemon = Pid::from_raw(i32::try_from(pid.as_i64().unwrap()).unwrap()).unwrap();
    let refused = || -> Vec<String> {
        let db = home.path(".codepiper/codepiper.db");
        let db = codepiper_store::Connection::open(db).unwrap();
        let sql = "SELECT sealed FROM audit WHERE kind = 'actor_refused'";
        let mut rows = db.prepare(sql).unwrap();
        let rows = rows.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    kill_process(daemon, Signal::STOP).unwrap();
    let mut call = home.command(["sessions"]).spawn().unwrap();
    let caller = pidfd_open(Pid::from_child(&call), PidfdFlags::empty()).unwrap();
    let fds = std::path::PathBuf::from(format!("/proc/{}/fd", call.id()));
    let mut held = None;
    home.until("it is connected", || {
        // Its runtime has a pair of sockets of its own, of which both ends have an address.
        let numbers = std::fs::read_dir(&fds).unwrap().flatten();
        held = numbers
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(|fd| pidfd_getfd(&caller, fd, PidfdGetfdFlags::empty()).ok())
            .map(std::os::unix::net::UnixStream::from)
            .find(|it| {
                it.peer_addr()
                    .is_ok_and(|peer| peer.as_pathname().is_some())
            });
        held.is_some()
    });
    call.kill().unwrap();
    call.wait().unwrap();
    let request = b"GET /sessions HTTP/1.1\r\nhost: localhost\r\n\r\n";
    held.as_mut().unwrap().write_all(request).unwrap();
    kill_process(daemon, Signal::CONT).unwrap();
    home.until("the call is refused", || !refused().is_empty());
    let refused = refused();
    let sealed = refused.first().unwrap();
    assert!(sealed.contains("\"actor\":\"unknown\""), "{sealed}");
    assert!(sealed.contains("GET /"), "{sealed}");
}

#[test]
fn a_tool_call_that_nobody_can_read_is_denied_however_often_it_is_reported() {
    let scene = Scene::new();
    let said = scene.run("printf '%s\\n' \"$CODEPIPER_SECRET\"; echo done");
    let secret = said.lines().next().unwrap().to_owned();
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    for (n, data) in [
        r#"{"tool_input":{"command":"true"}}"#,
        r#"{"tool_name":"","tool_input":{"command":"true"}}"#,
        r#"{"tool_name":7}"#,
        &format!(r#"{{"tool_name":"Bash","tool_input":{deep}}}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!(
            r#"{{"sessionId":"{}","event":"PreToolUse","data":{data},
                "deliveryId":"0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9{n}"}}"#,
            scene.agent
        );
        for _ in 0..2 {
            let request = format!(
                "POST /hooks/claude HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                 X-CodePiper-Secret: {secret}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let (status, answer) = scene.home.raw_http(request.as_bytes());
            assert_eq!(status, 200, "{data}: {answer}");
            assert!(answer.contains(r#""decision":"deny""#), "{data}: {answer}");
            assert!(
                answer.contains("the tool call cannot be read, so it cannot be judged"),
                "{data}: {answer}"
            );
        }
    }
}
