//! A hook that runs: its process, what it is told and what it says. Nothing here waits, so that a
//! hook that is slow to read or to write holds up nobody.

use std::io::{self, Read, Write as _};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::hooks::Handler;

/// An answer longer than this is none.
const KEPT_BYTES: usize = 1024 * 1024;

/// A running hook, in a process group of its own: keys do not reach it, and what it started ends
/// with it.
pub(crate) struct Hook {
    child: Child,
    input: Option<ChildStdin>,
    payload: Vec<u8>,
    written: usize,
    stdout: Output<ChildStdout>,
    stderr: Output<ChildStderr>,
    /// When it is given up; nothing once that was done.
    pub(crate) ends: Option<Instant>,
    /// Is somebody waiting for its reply?
    pub(crate) awaited: bool,
    /// Once reaped, the group's id may belong to somebody else.
    reaped: bool,
    terminated: bool,
}

/// What a hook said, and how it ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Hook {
    /// Starts the handler's command with this process' environment and working directory.
    pub(crate) fn spawn(handler: &Handler, payload: String) -> io::Result<Self> {
        let mut child = handler
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let hook = Self {
            input: child.stdin.take(),
            stdout: Output::new(child.stdout.take()),
            stderr: Output::new(child.stderr.take()),
            child,
            payload: payload.into_bytes(),
            written: 0,
            ends: Instant::now().checked_add(handler.timeout()),
            awaited: true,
            reaped: false,
            terminated: false,
        };
        for pipe in hook.watch() {
            rustix::io::ioctl_fionbio(pipe, true)?;
        }
        Ok(hook)
    }

    /// What it may have news on.
    pub(crate) fn watch(&self) -> impl Iterator<Item = PollFd<'_>> {
        let input = self.input.as_ref();
        input
            .map(|pipe| PollFd::new(pipe, PollFlags::OUT))
            .into_iter()
            .chain(self.stdout.watch())
            .chain(self.stderr.watch())
    }

    /// Moves what can be moved. Answers what the hook said, when it has ended: what it left in the
    /// background is not waited for.
    pub(crate) fn poll(&mut self) -> Option<Reply> {
        // Asked first: what was said before the end is then in the pipes.
        let ended = self.child.try_wait().transpose();
        self.reaped = ended.is_some();
        self.tell();
        self.stdout.take();
        self.stderr.take();
        ended.map(|status| Reply {
            code: status.ok().as_ref().and_then(ExitStatus::code),
            stdout: self.stdout.text(),
            stderr: self.stderr.text(),
        })
    }

    fn tell(&mut self) {
        while let Some(pipe) = &mut self.input {
            match pipe.write(&self.payload[self.written..]) {
                Ok(length @ 1..) => self.written += length,
                Err(error) if is_for_later(&error) => break,
                // All is said, or nobody listens.
                Ok(0) | Err(_) => self.input = None,
            }
        }
    }

    /// Asks it to end, even where it is stopped. Asked twice, a shell's last commands would die.
    pub(crate) fn terminate(&mut self) {
        if !self.reaped && !self.terminated {
            self.terminated = true;
            let group = Pid::from_child(&self.child);
            // A group that is gone needs no signal.
            kill_process_group(group, Signal::TERM).ok();
            kill_process_group(group, Signal::CONT).ok();
        }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.terminate();
    }
}

/// One of the pipes that a hook writes to, until it closes it.
struct Output<P> {
    pipe: Option<P>,
    kept: Vec<u8>,
}

impl<P: Read + AsFd> Output<P> {
    fn new(pipe: Option<P>) -> Self {
        let kept = Vec::new();
        Self { pipe, kept }
    }

    fn watch(&self) -> Option<PollFd<'_>> {
        let pipe = self.pipe.as_ref();
        pipe.map(|pipe| PollFd::new(pipe, PollFlags::IN))
    }

    fn take(&mut self) {
        let mut buffer = [0; 16 * 1024];
        // A flood is read in portions, so that the keyboard is heard in between.
        for _ in 0..64 {
            let Some(pipe) = &mut self.pipe else { return };
            match pipe.read(&mut buffer) {
                Ok(length @ 1..) => {
                    let room = KEPT_BYTES.saturating_sub(self.kept.len());
                    self.kept.extend_from_slice(&buffer[..length.min(room)]);
                }
                Err(error) if is_for_later(&error) => return,
                Ok(0) | Err(_) => self.pipe = None,
            }
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept).into_owned()
    }
}

fn is_for_later(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
