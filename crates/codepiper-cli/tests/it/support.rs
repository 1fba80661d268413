use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A home of its own with a daemon in it.
pub(crate) struct TestHome {
    pub(crate) dir: TempDir,
    daemon: Option<Child>,
    /// Somebody wrote into the database.
    pub(crate) tampered: bool,
    extra_env: Vec<(String, String)>,
    daemon_args: Vec<&'static str>,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let line = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

impl TestHome {
    /// A home without a daemon.
    pub(crate) fn bare() -> Self {
        let dir = tempfile::Builder::new().prefix("cp").tempdir().unwrap();
        std::fs::create_dir(dir.path().join("work")).unwrap();
        Self {
            dir,
            daemon: None,
            tampered: false,
            extra_env: Vec::new(),
            daemon_args: Vec::new(),
        }
    }

    /// A home with a running daemon.
    pub(crate) fn new() -> Self {
        let mut home = Self::bare();
        home.start_daemon();
        home
    }

    /// A home whose commands, and daemon, have more in their environment.
    pub(crate) fn with_env(env: &[(&str, &str)]) -> Self {
        let mut home = Self::bare();
        home.extra_env = env
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        home.start_daemon();
        home
    }

    /// A home whose daemon serves the dashboard too.
    pub(crate) fn with_web(env: &[(&str, &str)]) -> Self {
        let mut home = Self::bare_web();
        for (name, value) in env {
            home.set_env(name, value);
        }
        home.start_daemon();
        home
    }

    /// A home without a daemon, whose daemon will serve the dashboard too.
    pub(crate) fn bare_web() -> Self {
        let mut home = Self::bare();
        home.set_env("CODEPIPER_WS_PORT", "0");
        home.daemon_args = vec!["--web", "--port", "0"];
        home
    }

    /// Puts a variable into the environment of what is started from now on.
    pub(crate) fn set_env(&mut self, name: &str, value: &str) {
        self.extra_env.push((name.to_owned(), value.to_owned()));
    }

    /// Lets the programs of this one's folder be found before all others.
    pub(crate) fn offer(&mut self, program: &Path) {
        let offered = self.extra_env.iter().rev().find(|(name, _)| name == "PATH");
        let others = offered.map_or_else(|| std::env::var("PATH").unwrap(), |(_, v)| v.clone());
        let path = format!("{}:{others}", program.parent().unwrap().display());
        self.set_env("PATH", &path);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A directory to work in.
    pub(crate) fn work(&self) -> String {
        self.path("work").display().to_string()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path("s")
    }

    pub(crate) fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codepiper"));
        command
            .args(args)
            .env_clear()
            .current_dir(self.path("work"));
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.dir.path()).env("LANG", "C.UTF-8");
        command.env("CODEPIPER_SOCKET", self.socket());
        command.envs(self.extra_env.iter().map(|(k, v)| (k, v)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Done {
        finish(
            self.command(args.iter().map(AsRef::as_ref))
                .spawn()
                .unwrap(),
        )
    }

    /// Runs the program to its end with something on its standard input.
    pub(crate) fn run_with_input<S: AsRef<OsStr>>(&self, args: &[S], input: &[u8]) -> Done {
        let mut command = self.command(args.iter().map(AsRef::as_ref));
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        finish(child)
    }

    pub(crate) fn start_daemon(&mut self) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("daemon.log"))
            .unwrap();
        let mut command = self.command(["daemon"]);
        command.args(&self.daemon_args);
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.daemon = Some(command.spawn().unwrap());
        self.until("the daemon answers", || {
            std::os::unix::net::UnixStream::connect(self.socket()).is_ok()
        });
    }

    /// `kill -9`, at once.
    pub(crate) fn kill_daemon(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            drop(daemon.kill());
            drop(daemon.wait());
        }
    }

    /// Whether the daemon dies on its own within a moment; it can then be started again.
    pub(crate) fn daemon_has_died(&mut self) -> bool {
        let Some(mut daemon) = self.daemon.take() else {
            return true;
        };
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if daemon.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        self.daemon = Some(daemon);
        false
    }

    /// The daemon's process.
    pub(crate) fn daemon_pid(&self) -> u32 {
        self.daemon.as_ref().unwrap().id()
    }

    pub(crate) fn daemon_log(&self) -> String {
        std::fs::read_to_string(self.path("daemon.log")).unwrap_or_default()
    }

    /// Starts a demo session and returns its id once it is ready.
    pub(crate) fn demo(&self, extra: &[&str]) -> String {
        let work = self.work();
        let mut args = vec!["start", "-p", "demo", "-d", &work, "--json"];
        args.extend(extra);
        let id = self.run(&args).ok().json()["session"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        self.run(&["wait", &id, "--timeout", "30"]).ok();
        id
    }

    /// The session as the API shows it.
    pub(crate) fn session(&self, id: &str) -> Value {
        let done = self.run(&["show", id, "--json"]);
        assert_eq!(done.code, 0, "{done:?}\n{}", self.daemon_log());
        done.json()["session"].clone()
    }

    /// Every event of a session, oldest first.
    pub(crate) fn events(&self, id: &str) -> Vec<Value> {
        let answer = self
            .run(&["events", id, "--tail", "1000", "--json"])
            .ok()
            .json();
        let mut events = answer["events"].as_array().unwrap().clone();
        events.reverse();
        events
    }

    /// Sends a raw HTTP request and returns the status with the body.
    pub(crate) fn http(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.raw_http(&request)
    }

    /// Makes a call of the API that succeeds.
    #[track_caller]
    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let (status, text) = self.http(method, path, &bytes);
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {text}"
        );
        serde_json::from_str(&text).unwrap()
    }

    /// Makes a policy of these rules.
    #[track_caller]
    pub(crate) fn policy(&self, rules: &Value) {
        let policy = serde_json::json!({ "name": "test", "rules": rules });
        self.call("POST", "/policies", &policy);
    }

    /// The only approval that is pending, once there is one.
    #[track_caller]
    pub(crate) fn pending(&self, session: &str) -> Value {
        let path = format!("/approvals?status=pending&sessionId={session}");
        let mut found = Value::Null;
        self.until("an approval is pending", || {
            let answer = self.call("GET", &path, &Value::Null);
            found = answer["approvals"][0].clone();
            !found.is_null()
        });
        found
    }

    /// The approval as it is now.
    #[track_caller]
    pub(crate) fn approval(&self, id: &Value) -> Value {
        let path = format!("/approvals/{}", id.as_str().unwrap());
        self.call("GET", &path, &Value::Null)["approval"].clone()
    }

    /// Answers an approval and returns the status with the body.
    pub(crate) fn answer(&self, approval: &Value, decision: &str, note: &str) -> (u16, Value) {
        let mut body = serde_json::json!({
            "decision": decision,
            "requestHash": approval["requestHash"],
        });
        if !note.is_empty() {
            body["note"] = note.into();
        }
        let path = format!("/approvals/{}/answer", approval["id"].as_str().unwrap());
        let (status, text) = self.http("POST", &path, body.to_string().as_bytes());
        (status, serde_json::from_str(&text).unwrap())
    }

    /// The decisions of a session, newest first.
    #[track_caller]
    pub(crate) fn decisions(&self, session: &str) -> Vec<Value> {
        let path = format!("/policy-decisions?sessionId={session}");
        let answer = self.call("GET", &path, &Value::Null);
        answer["decisions"].as_array().unwrap().clone()
    }

    /// Sends bytes and reads an HTTP answer.
    pub(crate) fn raw_http(&self, request: &[u8]) -> (u16, String) {
        use std::io::Read as _;
        let mut stream = std::os::unix::net::UnixStream::connect(self.socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // A server that refuses early may not read everything.
        drop(stream.write_all(request));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .unwrap_or(0);
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, body.to_owned())
    }

    /// Waits until something is so.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        until(what, || self.daemon_log(), &mut is_so);
    }
}

/// Waits until something is so; tells `context` when it never is.
#[track_caller]
pub(crate) fn until(what: &str, context: impl Fn() -> String, is_so: &mut dyn FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}\n{}", context());
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

pub(crate) fn finish(child: Child) -> Done {
    let output: Output = child.wait_with_output().unwrap();
    Done {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The pinned Claude Code; `make test` installs it.
pub(crate) fn claude_program() -> PathBuf {
    let agents =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/node_modules/@anthropic-ai");
    let found = std::fs::read_dir(&agents).ok().and_then(|entries| {
        entries
            .flatten()
            .map(|e| e.path().join("claude"))
            .find(|program| program.is_file())
    });
    let Some(found) = found else {
        panic!("Claude Code is not installed in `agents/`: run `make test`, which installs it");
    };
    found.canonicalize().unwrap()
}

/// The pinned Codex; `make test` installs it.
pub(crate) fn codex_program() -> PathBuf {
    let packages = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../agents/node_modules/@openai"
    );
    let packages = std::fs::read_dir(packages).into_iter().flatten().flatten();
    let targets = packages.flat_map(|package| std::fs::read_dir(package.path().join("vendor")));
    let programs = targets.flatten().flatten();
    let mut programs = programs.map(|target| target.path().join("bin/codex"));
    let Some(found) = programs.find(|program| program.is_file()) else {
        panic!("Codex is not installed in `agents/`: run `make test`, which installs it");
    };
    found.canonicalize().unwrap()
}

impl Drop for TestHome {
    fn drop(&mut self) {
        if self.daemon.is_some() {
            // Whatever a test did, the audit is as it was written.
            if !std::thread::panicking() && !self.tampered {
                let done = self.run(&["audit", "verify"]);
                assert!(done.code == 0 || done.code == 4, "{done:?}");
            }
            let list = self.run(&["sessions", "--json"]);
            let sessions = serde_json::from_str::<Value>(list.stdout.trim()).unwrap_or_default();
            for session in sessions["sessions"].as_array().into_iter().flatten() {
                if session["exit"].is_null() {
                    self.run(&["kill", session["id"].as_str().unwrap_or_default()]);
                }
            }
        }
        self.kill_daemon();
        // Whatever a failed test left: its tmux servers are the only ones with sockets in here.
        let run = self.path(".codepiper/run");
        for socket in std::fs::read_dir(run).into_iter().flatten().flatten() {
            if socket
                .path()
                .extension()
                .is_some_and(|extension| extension == "tmux")
            {
                let mut tmux = Command::new("tmux");
                tmux.arg("-N")
                    .arg("-S")
                    .arg(socket.path())
                    .arg("kill-server");
                drop(tmux.stdin(Stdio::null()).stderr(Stdio::null()).status());
            }
        }
    }
}
