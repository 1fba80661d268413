//! The person's own status line, drawn by its own command.

use std::io::{self, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Set for the person's own command, so that it does not chain to itself.
pub(super) const IS_CHAINED: &str = "CODEPIPER_STATUS_LINE";

/// What is drawn at most; a screen has less.
const LONGEST: u64 = 64 * 1024;

/// How often it is looked whether we are told to end.
const LOOK: Duration = Duration::from_millis(20);

/// The command, while it runs.
pub(super) struct Chained {
    child: Child,
    drawn: Receiver<Vec<u8>>,
    /// The agent no longer wants this line: it draws a newer one.
    told_to_end: Arc<AtomicBool>,
}

impl Chained {
    /// Starts it as Claude Code does: by a shell, with what the agent told on its standard input.
    pub(super) fn start(command: &str, told: &str) -> Option<Self> {
        let told_to_end = Arc::new(AtomicBool::new(false));
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&told_to_end)).ok()?;
        }
        let mut child = Command::new("/bin/sh")
            .args(["-c", command])
            .env(IS_CHAINED, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // So that it can be ended with all that it started.
            .process_group(0)
            .spawn()
            .ok()?;
        let (mut input, mut output) = (child.stdin.take()?, child.stdout.take()?);
        let told = told.to_owned();
        // One that does not read keeps nobody but this thread.
        std::thread::spawn(move || drop(input.write_all(told.as_bytes())));
        let (send, drawn) = channel();
        std::thread::spawn(move || {
            let mut line = Vec::new();
            let read = output.by_ref().take(LONGEST).read_to_end(&mut line);
            if read.is_ok() {
                drop(send.send(line));
            }
        });
        Some(Self {
            child,
            drawn,
            told_to_end,
        })
    }

    /// Draws what it drew and ends as it ended. One that takes too long draws nothing.
    pub(super) fn finish(mut self, deadline: Instant) -> ExitCode {
        let Some(line) = self.wait_for_line(deadline) else {
            self.end();
            return ExitCode::SUCCESS;
        };
        let code = self.wait_for_end(deadline);
        // Where nobody reads, there is nobody to tell either.
        drop(io::stdout().lock().write_all(&line));
        code
    }

    fn wait_for_line(&self, deadline: Instant) -> Option<Vec<u8>> {
        while self.goes_on(deadline) {
            match self.drawn.recv_timeout(LOOK) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        None
    }

    fn wait_for_end(&mut self, deadline: Instant) -> ExitCode {
        while self.goes_on(deadline) {
            match self.child.try_wait() {
                Ok(Some(status)) => {
                    let code = status.code().and_then(|code| u8::try_from(code).ok());
                    return code.map_or(ExitCode::FAILURE, ExitCode::from);
                }
                Ok(None) => std::thread::park_timeout(LOOK),
                Err(_) => break,
            }
        }
        self.end();
        ExitCode::SUCCESS
    }

    fn goes_on(&self, deadline: Instant) -> bool {
        Instant::now() < deadline && !self.told_to_end.load(Ordering::Relaxed)
    }

    fn end(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id())
            && let Some(group) = Pid::from_raw(id)
        {
            let _gone_already = kill_process_group(group, Signal::KILL);
        }
        drop(self.child.wait());
    }
}
