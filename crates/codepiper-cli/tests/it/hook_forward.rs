//! `codepiper hook-forward` against a daemon that does as the test says.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Done, PATIENCE, finish, until};

const SECRET: &str = "5ec7e7c0ffee5ec7e7c0ffee5ec7e7c0ffee5ec7e7c0ffee5ec7e7c0ffee0001";
const SESSION: &str = "0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d";
const ALLOW: &str = r#"{"success":true,"decision":"allow","stdout":"{\"yes\":1}\n","stderr":null,"exitCode":0,"new":[]}"#;
const NONE: &str = r#"{"success":true,"decision":"none","stdout":null,"stderr":null,"exitCode":0}"#;

/// A session of an agent, of which there are only its hooks.
struct Agent {
    dir: TempDir,
}

impl Agent {
    fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("cp").tempdir().unwrap();
        Self { dir }
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("s")
    }

    fn spool(&self) -> PathBuf {
        self.dir.path().join("state/spool")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codepiper"));
        command
            .arg("hook-forward")
            .args(args)
            .env_clear()
            .env("CODEPIPER_UNIX_SOCK", self.socket())
            .env("CODEPIPER_SESSION", SESSION)
            .env("CODEPIPER_SECRET", SECRET)
            .current_dir(self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts the hook; it has its payload.
    fn start(&self, args: &[&str], payload: &str) -> Child {
        let spool = self.spool().display().to_string();
        let mut all = vec!["--spool", &spool];
        all.extend(args);
        feed(self.command(&all), payload.as_bytes())
    }

    /// Runs the hook to its end.
    fn hook(&self, args: &[&str], payload: &str) -> Done {
        finish(self.start(args, payload))
    }

    /// A daemon that gives these replies, one connection each, and leaves.
    fn daemon<const N: usize>(&self, replies: [Reply; N]) -> Daemon {
        Daemon::start(&self.socket(), Vec::from(replies))
    }

    /// The files in the spool.
    fn spooled(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.spool()).into_iter().flatten();
        entries.flatten().map(|entry| entry.path()).collect()
    }

    #[track_caller]
    fn until_spooled(&self) {
        until("it is in the spool", String::new, &mut || {
            let is_whole = |path: &PathBuf| path.extension().is_some_and(|e| e == "json");
            self.spooled().iter().any(is_whole)
        });
    }

    /// The one event in the spool.
    #[track_caller]
    fn waiting(&self) -> Value {
        let files = self.spooled();
        assert_eq!(files.len(), 1, "{files:?}");
        let text = std::fs::read_to_string(&files[0]).unwrap();
        assert!(!text.contains(SECRET), "{text}");
        serde_json::from_str(&text).unwrap()
    }
}

fn feed(mut command: Command, payload: &[u8]) -> Child {
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(payload).unwrap();
    child
}

fn terminate(child: &Child) {
    let pid = Pid::from_child(child);
    kill_process(pid, Signal::TERM).unwrap();
}

/// What the daemon does with a connection.
enum Reply {
    /// Reads the request and writes this.
    Raw(Vec<u8>),
    /// Writes this without having read the request.
    Early(Vec<u8>),
    /// Reads the request, writes this and closes the connection.
    Close(Vec<u8>),
    /// Reads the request and says nothing until the test is over.
    Silence,
}

impl Reply {
    fn ok(body: &str) -> Self {
        Self::status("200 OK", body)
    }

    fn status(status: &str, body: &str) -> Self {
        Self::Raw(http(status, body))
    }
}

fn http(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// What the daemon was sent.
struct Request {
    head: String,
    body: String,
    /// How many files lay in the spool then.
    spooled: usize,
}

impl Request {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

struct Daemon {
    requests: mpsc::Receiver<Request>,
}

impl Daemon {
    fn start(socket: &Path, replies: Vec<Reply>) -> Self {
        drop(std::fs::remove_file(socket));
        let listener = UnixListener::bind(socket).unwrap();
        let spool = socket.with_file_name("state/spool");
        let (heard, requests) = mpsc::channel();
        std::thread::spawn(move || {
            let mut open = vec![];
            for reply in replies {
                let Ok((mut stream, _)) = listener.accept() else {
                    return;
                };
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                if let Reply::Early(answer) = reply {
                    drop(stream.write_all(&answer));
                    continue;
                }
                let mut request = read_request(&mut stream);
                request.spooled = std::fs::read_dir(&spool).map_or(0, Iterator::count);
                if let Reply::Raw(answer) | Reply::Close(answer) = &reply {
                    stream.write_all(answer).unwrap();
                }
                if !matches!(reply, Reply::Close(_)) {
                    open.push(stream);
                }
                if heard.send(request).is_err() {
                    return;
                }
            }
            drop(listener);
            // Until the test is over, connections stay open.
            while heard.send(Request::nothing()).is_ok() {
                std::thread::park_timeout(Duration::from_millis(100));
            }
        });
        Self { requests }
    }

    #[track_caller]
    fn heard(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).unwrap()
    }
}

impl Request {
    fn nothing() -> Self {
        Self {
            head: String::new(),
            body: String::new(),
            spooled: 0,
        }
    }
}

fn read_request(stream: &mut UnixStream) -> Request {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap();
            if body.len() == length.parse::<usize>().unwrap() {
                return Request {
                    head: head.to_owned(),
                    body: body.to_owned(),
                    spooled: 0,
                };
            }
        }
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "the request broke off: {text}");
        bytes.extend_from_slice(&piece[..read]);
    }
}

fn payload(event: &str) -> String {
    format!(r#"{{"hook_event_name":"{event}","tool_name":"Bash","tool_input":{{"n":1.50}}}}"#)
}

#[track_caller]
fn says_nothing(done: &Done) {
    assert_eq!((done.code, done.stdout.as_str()), (0, ""), "{done:?}");
}

#[track_caller]
fn is_silent(done: &Done) {
    says_nothing(done);
    assert_eq!(done.stderr, "");
}

#[test]
fn the_daemon_gets_the_payload_as_it_is() {
    let agent = Agent::new();
    let daemon = agent.daemon([Reply::ok(NONE)]);
    let odd = r#"{ "b":1.50, "hook_event_name":"PreToolUse","a":"\u0041\ud83d ü", "b" : 12345678901234567890123 }"#;
    is_silent(&agent.hook(&[], &format!("{odd}\n")));
    let request = daemon.heard();
    let mut lines = request.head.lines();
    assert_eq!(lines.next(), Some("POST /hooks/claude HTTP/1.1"));
    let secret = format!("x-codepiper-secret: {SECRET}");
    assert!(lines.any(|line| line == secret), "{}", request.head);
    let (before, after) = request.body.split_once(odd).unwrap();
    assert_eq!(
        before,
        format!(r#"{{"sessionId":"{SESSION}","event":"PreToolUse","data":"#)
    );
    assert!(!request.body.contains(SECRET));
    let rest: Value = serde_json::from_str(&format!("{{{}", &after[1..])).unwrap();
    assert_eq!(rest.as_object().unwrap().len(), 2, "{rest}");
    let id = rest["deliveryId"].as_str().unwrap();
    assert_eq!((id.len(), &id[14..15]), (36, "7"));
    let at = rest["at"].as_str().unwrap();
    assert!(at.len() == 24 && at.ends_with('Z'), "{at}");
    assert!(!agent.spool().exists());
}

#[test]
fn the_agent_gets_what_the_daemon_says() {
    let agent = Agent::new();
    agent.daemon([Reply::ok(ALLOW)]);
    let done = agent.hook(&[], &payload("PreToolUse"));
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.as_str()),
        (0, "{\"yes\":1}\n", "")
    );
    agent.daemon([Reply::ok(r#"{"stdout":"out","stderr":"why","exitCode":2}"#)]);
    let done = agent.hook(&[], &payload("Stop"));
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.as_str()),
        (2, "out", "why")
    );
}

#[test]
fn an_answer_may_say_less_or_end_as_no_hook_may() {
    let agent = Agent::new();
    for answer in [
        "{}",
        r#"{"success":true}"#,
        r#"{"exitCode":1}"#,
        r#"{"exitCode":-7}"#,
    ] {
        agent.daemon([Reply::ok(answer)]);
        is_silent(&agent.hook(&["--fail-closed"], &payload("PreToolUse")));
    }
}

#[test]
fn an_answer_may_come_in_pieces() {
    let agent = Agent::new();
    let (left, right) = ALLOW.split_at(17);
    let pieces = format!(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n\
         {:x};x=y\r\n{left}\r\n{:X}\r\n{right}\r\n0\r\n\r\n",
        left.len(),
        right.len()
    );
    agent.daemon([Reply::Raw(pieces.into_bytes())]);
    let done = agent.hook(&[], &payload("PreToolUse"));
    assert_eq!((done.code, done.stdout.as_str()), (0, "{\"yes\":1}\n"));
}

#[test]
fn an_event_and_an_argument_that_nobody_knows_pass() {
    let agent = Agent::new();
    let daemon = agent.daemon([Reply::ok(NONE)]);
    is_silent(&agent.hook(&["--of-tomorrow"], r#"{"event":"NeverSeen"}"#));
    assert_eq!(daemon.heard().json()["event"], "NeverSeen");
}

#[test]
fn what_is_no_event_is_not_sent() {
    let agent = Agent::new();
    for text in ["", "{", "[1]", "{}", "no", "{\"hook_event_name\":3}"] {
        let done = agent.hook(&["--fail-closed"], text);
        says_nothing(&done);
        assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    }
    assert!(!agent.spool().exists());
}

/// What no daemon could judge: nothing at all, a document that breaks off, no text, no object.
const UNREADABLE: [&[u8]; 5] = [
    b"",
    b"{\"hook_event_name\":\"PreToolUse\",\"tool_na",
    b"{\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"\xff\"}",
    b"[\"PreToolUse\"]",
    b"null",
];

#[test]
fn a_tool_call_that_cannot_be_read_is_denied() {
    let agent = Agent::new();
    let hook = |args: &[&str], payload: &[u8]| {
        let mut all = vec!["--event", "PreToolUse"];
        all.extend(args);
        finish(feed(agent.command(&all), payload))
    };
    for payload in UNREADABLE {
        let done = hook(&[], payload);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{payload:?}");
        let answer: Value = serde_json::from_str(&done.stdout).unwrap();
        let output = &answer["hookSpecificOutput"];
        assert_eq!(output["hookEventName"], "PreToolUse");
        assert_eq!(output["permissionDecision"], "deny");
        let reason = output["permissionDecisionReason"].as_str().unwrap();
        assert!(reason.contains("cannot be read"), "{reason}");

        let done = hook(&["--fail-closed"], payload);
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{payload:?}");
        assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    }
}

#[test]
fn news_that_cannot_be_read_hold_nothing_up() {
    let agent = Agent::new();
    for payload in UNREADABLE {
        for event in ["PermissionRequest", "Stop"] {
            let args = ["--fail-closed", "--event", event];
            let done = finish(feed(agent.command(&args), payload));
            says_nothing(&done);
            assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
        }
    }
}

#[test]
fn the_arguments_name_the_event_where_the_payload_does_not() {
    let agent = Agent::new();
    for (payload, event) in [
        (r#"{"tool_name":"Bash"}"#, "PreToolUse"),
        (r#"{"hook_event_name":3}"#, "PreToolUse"),
        (r#"{"hook_event_name":"Stop"}"#, "Stop"),
    ] {
        let daemon = agent.daemon([Reply::ok(NONE)]);
        is_silent(&agent.hook(&["--event", "PreToolUse"], payload));
        let request = daemon.heard();
        assert_eq!(request.json()["event"], event, "{payload}");
        assert!(request.body.contains(payload), "{}", request.body);
    }
}

#[test]
fn without_its_environment_it_decides_nothing() {
    let agent = Agent::new();
    for name in [
        "CODEPIPER_UNIX_SOCK",
        "CODEPIPER_SESSION",
        "CODEPIPER_SECRET",
    ] {
        let hook = |args: &[&str]| {
            let mut command = agent.command(args);
            command.env_remove(name);
            finish(feed(command, payload("PreToolUse").as_bytes()))
        };
        let done = hook(&[]);
        says_nothing(&done);
        assert!(done.stderr.contains(name), "{done:?}");
        let done = hook(&["--fail-closed"]);
        assert_eq!((done.code, done.stdout.as_str()), (2, ""));
        assert!(done.stderr.contains(name), "{done:?}");
    }
}

#[test]
fn news_for_a_daemon_that_is_not_there_wait_in_the_spool() {
    let agent = Agent::new();
    let done = agent.hook(&["--fail-closed"], &payload("PostToolUse"));
    says_nothing(&done);
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    assert!(!done.stderr.contains(SECRET));
    let event = agent.waiting();
    assert_eq!(event["sessionId"], SESSION);
    assert_eq!(event["event"], "PostToolUse");
    assert_eq!(event["data"]["tool_name"], "Bash");
    assert_eq!(event["fallback"], "none");
    assert_eq!(event.as_object().unwrap().len(), 6, "{event}");
    let file = agent.spooled().remove(0);
    let name = format!(
        "{}-{}.json",
        event["at"].as_str().unwrap(),
        event["deliveryId"].as_str().unwrap()
    );
    assert_eq!(file.file_name().unwrap().to_str().unwrap(), name);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&agent.spool())), (0o600, 0o700));
}

#[test]
fn without_a_spool_the_loss_is_told() {
    let agent = Agent::new();
    let done = finish(feed(agent.command(&[]), payload("Stop").as_bytes()));
    says_nothing(&done);
    assert!(done.stderr.contains("the event is lost"), "{done:?}");
    std::fs::write(agent.dir.path().join("state"), "in the way").unwrap();
    let done = agent.hook(&[], &payload("Stop"));
    says_nothing(&done);
    assert!(done.stderr.contains("the event is lost"), "{done:?}");
}

#[test]
fn a_tool_call_without_a_decision_is_blocked_where_that_is_wanted() {
    let agent = Agent::new();
    let open = agent.start(&[], &payload("PreToolUse"));
    let closed = Agent::new();
    let done = closed.hook(&["--fail-closed"], &payload("PreToolUse"));
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert!(done.stderr.contains("blocked"), "{done:?}");
    assert_eq!(closed.waiting()["fallback"], "blocked");
    says_nothing(&finish(open));
    assert_eq!(agent.waiting()["fallback"], "none");
}

#[test]
fn a_tool_call_waits_for_a_daemon_that_starts() {
    let agent = Agent::new();
    let hook = agent.start(&["--fail-closed"], &payload("PreToolUse"));
    agent.until_spooled();
    let waiting = agent.waiting();
    assert_eq!(waiting["fallback"], "none", "nothing was told so far");
    let daemon = agent.daemon([
        Reply::status("503 Service Unavailable", "{}"),
        Reply::ok(ALLOW),
    ]);
    let done = finish(hook);
    assert_eq!((done.code, done.stdout.as_str()), (0, "{\"yes\":1}\n"));
    for request in [daemon.heard(), daemon.heard()] {
        assert_eq!(request.json()["deliveryId"], waiting["deliveryId"]);
        assert_eq!(request.json()["at"], waiting["at"]);
        assert!(request.json().get("fallback").is_none());
    }
    assert_eq!(agent.spooled(), [] as [PathBuf; 0]);
}

#[test]
fn a_daemon_that_hangs_holds_a_tool_call_for_five_seconds() {
    let agent = Agent::new();
    let daemon = agent.daemon([Reply::Silence]);
    let before = Instant::now();
    let done = agent.hook(&[], &payload("PreToolUse"));
    let took = before.elapsed();
    says_nothing(&done);
    assert!(done.stderr.contains("in time"), "{done:?}");
    assert!(took >= Duration::from_secs(5), "{took:?}");
    assert!(took < Duration::from_secs(15), "{took:?}");
    let request = daemon.heard().json();
    assert_eq!(agent.waiting()["deliveryId"], request["deliveryId"]);
}

#[test]
fn a_question_outlives_the_daemon() {
    let agent = Agent::new();
    let daemon = agent.daemon([Reply::Close(vec![])]);
    let hook = agent.start(&[], &payload("PermissionRequest"));
    let first = daemon.heard();
    agent.until_spooled();
    let half = &http("200 OK", ALLOW)[..60];
    let daemon = agent.daemon([Reply::Close(half.to_vec())]);
    let again = daemon.heard();
    let daemon = agent.daemon([Reply::ok(ALLOW)]);
    let done = finish(hook);
    assert_eq!((done.code, done.stdout.as_str()), (0, "{\"yes\":1}\n"));
    let last = daemon.heard();
    assert_eq!(first.body, again.body);
    assert_eq!(first.body, last.body);
    assert_eq!(agent.spooled(), [] as [PathBuf; 0]);
}

#[test]
fn a_daemon_that_just_missed_the_file_in_the_spool_is_told() {
    let agent = Agent::new();
    let daemon = agent.daemon([Reply::Close(vec![]), Reply::ok(ALLOW)]);
    let done = agent.hook(&[], &payload("SessionStart"));
    assert_eq!((done.code, done.stdout.as_str()), (0, "{\"yes\":1}\n"));
    let (first, last) = (daemon.heard(), daemon.heard());
    assert_eq!(first.body, last.body);
    assert_eq!((first.spooled, last.spooled), (0, 1));
    assert_eq!(agent.spooled(), [] as [PathBuf; 0]);
}

#[test]
fn what_the_daemon_refuses_is_not_tried_again() {
    let agent = Agent::new();
    let body = r#"{"error":"wrong\u001b secret"}"#;
    let daemon = agent.daemon([
        Reply::status("503 Service Unavailable", ""),
        Reply::status("403 Forbidden", body),
    ]);
    let done = agent.hook(&["--fail-closed"], &payload("PreToolUse"));
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert!(
        done.stderr.contains("403: wrong\u{fffd} secret"),
        "{done:?}"
    );
    assert_eq!(daemon.heard().spooled, 0);
    assert_eq!(daemon.heard().spooled, 1);
    assert_eq!(agent.spooled(), [] as [PathBuf; 0]);
}

#[test]
fn what_the_daemon_fails_at_waits_in_the_spool() {
    let agent = Agent::new();
    let daemon = agent.daemon([
        Reply::status("500 Internal Server Error", "oops"),
        Reply::ok(ALLOW),
    ]);
    let done = agent.hook(&["--fail-closed"], &payload("PreToolUse"));
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert!(done.stderr.contains("500"), "{done:?}");
    let request = daemon.heard().json();
    assert_eq!(agent.waiting()["deliveryId"], request["deliveryId"]);
    assert_eq!(agent.waiting()["fallback"], "blocked");
}

#[test]
fn an_answer_that_makes_no_sense_is_no_decision() {
    let agent = Agent::new();
    for (answer, args, code) in [("[", &[][..], 0), ("<html>", &["--fail-closed"], 2)] {
        agent.daemon([Reply::ok(answer)]);
        let done = agent.hook(args, &payload("PreToolUse"));
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{done:?}");
        // It arrived.
        assert!(!agent.spool().exists());
    }
}

#[test]
fn it_ends_silently_when_its_answer_is_no_longer_wanted() {
    let agent = Agent::new();
    let daemon = agent.daemon([Reply::Silence]);
    let hook = agent.start(&[], &payload("PermissionRequest"));
    daemon.heard();
    terminate(&hook);
    is_silent(&finish(hook));
    assert!(!agent.spool().exists(), "the daemon has it");
}

#[test]
fn ended_while_it_waits_for_a_daemon_it_loses_nothing() {
    let agent = Agent::new();
    let hook = agent.start(&["--fail-closed"], &payload("PreToolUse"));
    agent.until_spooled();
    terminate(&hook);
    is_silent(&finish(hook));
    assert_eq!(agent.waiting()["fallback"], "none");
}

#[test]
fn an_agent_that_no_longer_reads_is_no_failure() {
    let agent = Agent::new();
    let daemon = agent.daemon([Reply::ok(ALLOW)]);
    let mut command = agent.command(&[]);
    let (reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer);
    drop(reader);
    let done = finish(feed(command, payload("PreToolUse").as_bytes()));
    is_silent(&done);
    daemon.heard();
}

const DENY: &str =
    r#"{"success":true,"decision":"deny","stdout":"{\"no\":1}","stderr":null,"exitCode":0}"#;
const ASK: &str =
    r#"{"success":true,"decision":"ask","stdout":"{\"no\":1}","stderr":null,"exitCode":0}"#;

#[test]
fn a_tool_call_whose_denial_cannot_be_printed_is_blocked() {
    let agent = Agent::new();
    let closed = |_: &mut Command| {};
    let full = |command: &mut Command| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        command.stdout(full.unwrap());
    };
    let unread = |command: &mut Command| {
        let (reader, writer) = std::io::pipe().unwrap();
        command.stdout(writer);
        drop(reader);
    };
    let ways: [fn(&mut Command); 3] = [closed, full, unread];
    for (name, set) in ["closed", "full", "unread"].into_iter().zip(ways) {
        for (event, reply, code) in [
            ("PreToolUse", DENY, 2),
            ("PreToolUse", ASK, 2),
            ("PreToolUse", ALLOW, 0),
            ("PermissionRequest", DENY, 0),
        ] {
            agent.daemon([Reply::ok(reply)]);
            let mut command = agent.command(&[]);
            if name == "closed" {
                command = through_shell(&command, "exec \"$@\" >&-");
            }
            set(&mut command);
            let done = finish(feed(command, payload(event).as_bytes()));
            assert_eq!(done.code, code, "{name}, {event}, {reply}: {done:?}");
            assert_eq!(done.stderr.contains("holds"), code == 2, "{done:?}");
        }
    }
    // Its own denials as well.
    let mut command = agent.command(&["--event", "PreToolUse"]);
    full(&mut command);
    assert_eq!(finish(feed(command, b"{")).code, 2);
}

/// The same command, started by a line of the shell.
fn through_shell(command: &Command, line: &str) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", line, "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        shell.env(name, value.unwrap());
    }
    shell
}

const TOO_LARGE: &str = r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"the tool call is larger than 64 MiB, which CodePiper does not judge"}}"#;

#[test]
fn a_tool_call_too_large_for_the_daemon_is_denied() {
    let agent = Agent::new();
    let refusal = http("413 Payload Too Large", "{}");
    // More than a socket holds, so that writing it breaks.
    let text = "x".repeat(4 << 20);
    let large = |event: &str| format!(r#"{{"hook_event_name":"{event}","x":"{text}"}}"#);
    agent.daemon([Reply::Early(refusal.clone())]);
    let done = agent.hook(&[], &large("PreToolUse"));
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.as_str()),
        (0, TOO_LARGE, "")
    );
    agent.daemon([Reply::Early(refusal)]);
    let done = agent.hook(&[], &large("PostToolUse"));
    says_nothing(&done);
    assert!(done.stderr.contains("PostToolUse"), "{done:?}");
    assert!(!agent.spool().exists());
}

#[test]
fn a_tool_call_past_the_limit_is_denied_unsent() {
    let agent = Agent::new();
    let text = "x".repeat(64 << 20);
    let large = format!(r#"{{"x":"{text}","hook_event_name":"PreToolUse"}}"#);
    let done = agent.hook(&[], &large);
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.as_str()),
        (0, TOO_LARGE, "")
    );
    assert!(!agent.spool().exists());
}

#[test]
fn its_help_is_shown() {
    let agent = Agent::new();
    let done = finish(agent.command(&["--help"]).spawn().unwrap());
    assert_eq!(done.code, 0);
    for option in ["--spool <DIR>", "--event <NAME>", "--fail-closed"] {
        assert!(done.stdout.contains(option), "{done:?}");
    }
}
