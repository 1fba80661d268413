//! The terminal device: raw mode, size, bytes in and out. Knows nothing of what is drawn.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

/// Titles are pushed and popped so that the shell gets its own back.
const ENTER: &str = "\x1b[22;0t\x1b[?2004h";
const LEAVE: &str = "\x1b[?2004l\x1b[?25h\x1b[0m\x1b[23;0t";

/// Columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) cols: usize,
    pub(crate) rows: usize,
}

/// The terminal in raw mode, given back as it was when dropped.
pub(crate) struct Terminal {
    stdin: io::Stdin,
    stdout: io::Stdout,
    cooked: Termios,
}

impl Terminal {
    /// Takes over the terminal at standard input. What was typed before is kept
    /// ([`OptionalActions::Now`] does not flush it).
    pub(crate) fn open() -> io::Result<Self> {
        let (stdin, stdout) = (io::stdin(), io::stdout());
        tcgetwinsize(&stdout)?;
        let cooked = tcgetattr(&stdin)?;
        let mut raw = cooked.clone();
        raw.make_raw();
        tcsetattr(&stdin, OptionalActions::Now, &raw)?;
        let terminal = Self {
            stdin,
            stdout,
            cooked,
        };
        terminal.write(ENTER.as_bytes())?;
        Ok(terminal)
    }

    /// The size now. A terminal that does not know is taken for 80 by 24.
    pub(crate) fn size(&self) -> Size {
        match tcgetwinsize(&self.stdout) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size {
                cols: size.ws_col.into(),
                rows: size.ws_row.into(),
            },
            _ => Size { cols: 80, rows: 24 },
        }
    }

    /// Reads what was typed; no bytes mean that the terminal is closed.
    pub(crate) fn read<'a>(&self, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
        let length = rustix::io::retry_on_intr(|| rustix::io::read(&self.stdin, &mut *buffer))?;
        Ok(&buffer[..length])
    }

    /// Writes past the line buffer of [`io::Stdout`]: a drawing leaves in one piece.
    pub(crate) fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = rustix::io::retry_on_intr(|| rustix::io::write(&self.stdout, bytes))?;
            bytes = &bytes[written..];
        }
        Ok(())
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stdin.as_fd()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The terminal may be gone already, and then there is nothing to restore.
        self.write(LEAVE.as_bytes()).ok();
        tcsetattr(&self.stdin, OptionalActions::Now, &self.cooked).ok();
    }
}
