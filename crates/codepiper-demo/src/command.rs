//! A shell command that runs while the agent stays responsive, in a process group of its own.

use std::io::{self, PipeReader, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

/// Of longer output the end is kept.
const KEPT_BYTES: usize = 256 * 1024;

/// A running command.
pub(crate) struct Running {
    child: Child,
    output: PipeReader,
    kept: Vec<u8>,
    /// Once reaped, the group's id may belong to somebody else.
    reaped: bool,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Standard output and error as they came.
    pub(crate) output: String,
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
}

impl Running {
    /// Starts `sh -c command` with this process' environment and working directory.
    pub(crate) fn spawn(command: &str) -> io::Result<Self> {
        let (output, writer) = io::pipe()?;
        rustix::io::ioctl_fionbio(&output, true)?;
        let child = Command::new("sh")
            .args(["-c", command])
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .process_group(0)
            .spawn()?;
        Ok(Self {
            child,
            output,
            kept: Vec::new(),
            reaped: false,
        })
    }

    /// Takes in what there is of output. Answers how the command ended, when it has: what it left
    /// in the background is not waited for.
    pub(crate) fn poll(&mut self) -> io::Result<Option<Ended>> {
        let status = self.child.try_wait()?;
        self.reaped = status.is_some();
        self.take_output();
        Ok(status.map(|status| self.ended(status)))
    }

    fn take_output(&mut self) {
        let mut buffer = [0; 16 * 1024];
        // A flood is read in portions, so that the keyboard is heard in between.
        for _ in 0..64 {
            match self.output.read(&mut buffer) {
                Ok(length @ 1..) => self.kept.extend_from_slice(&buffer[..length]),
                Ok(0) | Err(_) => break,
            }
            if let Some(excess) = self.kept.len().checked_sub(2 * KEPT_BYTES) {
                self.kept.drain(..excess + KEPT_BYTES);
            }
        }
    }

    fn ended(&mut self, status: ExitStatus) -> Ended {
        let excess = self.kept.len().saturating_sub(KEPT_BYTES);
        let output = String::from_utf8_lossy(&self.kept[excess..]).into_owned();
        Ended {
            output,
            code: status.code(),
            signal: status.signal(),
        }
    }

    /// Asks the whole group to end, even where it is stopped.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
        self.signal(Signal::CONT);
    }

    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if !self.reaped {
            // A group that is gone needs no signal.
            kill_process_group(Pid::from_child(&self.child), signal).ok();
        }
    }
}

impl AsFd for Running {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        if !self.reaped {
            self.child.wait().ok();
        }
    }
}

impl Ended {
    pub(crate) fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// `Exit code 1`, `Killed by signal 9`.
    pub(crate) fn status(&self) -> String {
        match (self.code, self.signal) {
            (Some(code), _) => format!("Exit code {code}"),
            (None, Some(signal)) => format!("Killed by signal {signal}"),
            (None, None) => "Ended without a status".to_owned(),
        }
    }
}
