//! A home of its own with a daemon in it, as a user has it. Whatever was started there ends with it.

use std::ffi::OsStr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::Connection;
use crate::{Result, pause};

/// How long anything may take before the benchmark gives up.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The homes there are, for the case that somebody ends the benchmark.
static HOMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

pub(crate) struct Home {
    dir: TempDir,
    daemon: Option<Child>,
}

impl Home {
    pub(crate) fn new() -> Result<Self> {
        // Not in `TMPDIR`: the sockets' paths must be short.
        let dir = tempfile::Builder::new().prefix("cpb").tempdir_in("/tmp")?;
        fs_err::create_dir(dir.path().join("work"))?;
        homes().push(dir.path().to_owned());
        Ok(Self { dir, daemon: None })
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A directory to work in.
    pub(crate) fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        socket(self.dir.path())
    }

    /// Where the daemon keeps its things.
    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join(".codepiper")
    }

    /// The daemon's process.
    pub(crate) fn pid(&self) -> Result<u32> {
        Ok(self.daemon.as_ref().ok_or("no daemon runs")?.id())
    }

    pub(crate) fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        command(self.dir.path(), args)
    }

    /// Starts the daemon and says how long it took until it answered a request.
    pub(crate) fn start(&mut self) -> Result<Duration> {
        let log = fs_err::File::create(self.dir.path().join("daemon.log"))?.into_file();
        let mut command = self.command(["daemon"]);
        command.stdout(log.try_clone()?).stderr(log);
        let begin = Instant::now();
        let daemon = self.daemon.insert(command.spawn()?);
        let socket = socket(self.dir.path());
        loop {
            match UnixStream::connect(&socket) {
                // It listens before it is ready; the answer says that it is.
                Ok(stream) => {
                    Connection::new(stream)?.get("/version")?;
                    return Ok(begin.elapsed());
                }
                Err(_) if begin.elapsed() < PATIENCE && daemon.try_wait()?.is_none() => {
                    pause(Duration::from_micros(200));
                }
                Err(error) => {
                    let said = fs_err::read_to_string(self.dir.path().join("daemon.log"))?;
                    return Err(format!("the daemon does not answer: {error}\n{said}").into());
                }
            }
        }
    }

    /// Ends the daemon softly; its sessions live on.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let Some(mut daemon) = self.daemon.take() else {
            return Ok(());
        };
        kill_process(Pid::from_child(&daemon), Signal::TERM)?;
        let deadline = Instant::now() + PATIENCE;
        while daemon.try_wait()?.is_none() {
            if Instant::now() > deadline {
                daemon.kill()?;
                return Err("the daemon does not stop".into());
            }
            pause(Duration::from_millis(2));
        }
        Ok(())
    }

    pub(crate) fn connect(&self) -> Result<Connection> {
        Connection::new(UnixStream::connect(self.socket())?)
    }

    /// Starts sessions of the demo agent and returns their ids once all of them await a prompt.
    pub(crate) fn demo_sessions(&self, count: usize) -> Result<Vec<String>> {
        let mut daemon = self.connect()?;
        let request = json!({ "provider": "demo", "cwd": self.work() });
        let mut ids = Vec::new();
        for _ in 0..count {
            let answer = daemon.post("/sessions", &request)?;
            let id = answer["session"]["id"].as_str();
            ids.push(id.ok_or("a session without an id")?.to_owned());
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = daemon.get("/sessions")?;
            let sessions = answer["sessions"].as_array();
            let is_idle = |session: &&Value| session["activity"]["state"] == "idle";
            let idle = sessions.map_or(0, |list| list.iter().filter(is_idle).count());
            if idle == count {
                return Ok(ids);
            }
            if Instant::now() > deadline {
                return Err(format!("only {idle} of {count} sessions became idle").into());
            }
            pause(Duration::from_millis(50));
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.stop());
        end_servers(self.dir.path());
        homes().retain(|dir| dir != self.dir.path());
    }
}

/// Ends everything that runs in any home, and removes them.
pub(crate) fn clear_all() {
    for dir in homes().drain(..) {
        let mut stop = command(&dir, ["daemon", "stop"]);
        drop(stop.stdout(Stdio::null()).stderr(Stdio::null()).status());
        end_servers(&dir);
        drop(fs_err::remove_dir_all(dir));
    }
}

/// Ends every tmux server that listens in this home, and with them the agents.
fn end_servers(dir: &Path) {
    let run = dir.join(".codepiper/run");
    for entry in std::fs::read_dir(run).into_iter().flatten().flatten() {
        let socket = entry.path();
        if socket.extension() != Some(OsStr::new("tmux")) {
            continue;
        }
        let mut tmux = Command::new("tmux");
        tmux.args(["-N", "-S"]).arg(socket).arg("kill-server");
        drop(tmux.stdin(Stdio::null()).stderr(Stdio::null()).status());
    }
}

fn command(dir: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_codepiper"));
    command.args(args).current_dir(dir.join("work")).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", dir).env("LANG", "C.UTF-8");
    command.env("CODEPIPER_SOCKET", socket(dir));
    command.stdin(Stdio::null());
    command
}

fn socket(dir: &Path) -> PathBuf {
    dir.join("s")
}

fn homes() -> MutexGuard<'static, Vec<PathBuf>> {
    HOMES.lock().unwrap_or_else(PoisonError::into_inner)
}
