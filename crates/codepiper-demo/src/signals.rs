//! Signals as bytes in a pipe, so that one `poll` without a timeout waits for everything.

use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGWINCH};
use signal_hook::{flag, low_level};

/// The exit code of a program that its terminal left: 128 + SIGHUP.
pub(crate) const HANGUP: u8 = 129;

/// The signals that the agent reacts to: resize, end of a child, and requests to end.
pub(crate) struct Signals {
    pipe: UnixStream,
    ending: Arc<AtomicUsize>,
}

impl Signals {
    pub(crate) fn open() -> io::Result<Self> {
        let (pipe, writer) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        let ending = Arc::new(AtomicUsize::new(0));
        // Handlers run in the order of their registration: the reason first, then the wake-up.
        for (signal, code) in [(SIGHUP, HANGUP), (SIGINT, 130), (SIGTERM, 143)] {
            flag::register_usize(signal, Arc::clone(&ending), code.into())?;
        }
        for signal in [SIGWINCH, SIGCHLD, SIGHUP, SIGINT, SIGTERM] {
            low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        Ok(Self { pipe, ending })
    }

    /// Empties the pipe.
    pub(crate) fn drain(&mut self) {
        let mut buffer = [0; 64];
        while matches!(self.pipe.read(&mut buffer), Ok(1..)) {}
    }

    /// The exit code that a signal asked for.
    pub(crate) fn exit_code(&self) -> Option<u8> {
        u8::try_from(self.ending.load(Ordering::SeqCst))
            .ok()
            .filter(|&code| code != 0)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}
