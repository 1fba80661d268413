use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::net::sockopt::{Timeout, set_socket_timeout, socket_peercred};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

/// Why there is no whole answer.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) why: String,
    /// How long there was a connection.
    pub(super) lasted: Duration,
}

impl Lost {
    pub(super) fn unreachable(why: String) -> Self {
        Self {
            why,
            lasted: Duration::ZERO,
        }
    }
}

/// A connection with the daemon on which nothing takes longer than a deadline, if there is one.
#[derive(Debug)]
pub(super) struct Wire {
    stream: UnixStream,
    since: Instant,
    deadline: Option<Instant>,
    /// What came and was not taken yet.
    pub(super) buffer: Vec<u8>,
}

impl Wire {
    /// Connects, and makes sure that it is our own daemon that hears what follows.
    pub(super) fn connect(path: &Path, deadline: Option<Instant>) -> Result<Self, Lost> {
        let unreachable = |error: io::Error| {
            Lost::unreachable(format!(
                "no daemon listens on `{}`: {error}",
                path.display()
            ))
        };
        let meta = std::fs::symlink_metadata(path).map_err(unreachable)?;
        if !meta.file_type().is_socket() {
            return Err(unreachable(io::Error::other("it is not a socket")));
        }
        let own = rustix::process::getuid();
        let stream = open(path, deadline).map_err(unreachable)?;
        let is_ours = meta.uid() == own.as_raw()
            && socket_peercred(&stream).is_ok_and(|peer| peer.uid == own);
        if !is_ours {
            return Err(Lost::unreachable(format!(
                "`{}` belongs to another user; nothing was sent to it",
                path.display()
            )));
        }
        Ok(Self {
            stream,
            since: Instant::now(),
            deadline,
            buffer: Vec::new(),
        })
    }

    pub(super) fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.stream.set_write_timeout(left(self.deadline)?)?;
            match self.stream.write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits for more; `false` when the daemon has nothing more to say.
    pub(super) fn receive(&mut self) -> io::Result<bool> {
        self.stream.set_read_timeout(left(self.deadline)?)?;
        let mut piece = [0; 8192];
        let read = loop {
            match self.stream.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.buffer.extend(piece.iter().take(read));
        Ok(read > 0)
    }

    /// What is said when the connection breaks.
    pub(super) fn lost(&self, error: &io::Error) -> Lost {
        let why = match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                "the daemon did not answer in time".to_owned()
            }
            _ => format!("the daemon's answer broke off: {error}"),
        };
        Lost {
            why,
            lasted: self.since.elapsed(),
        }
    }
}

/// As the standard library does it, but with a deadline: a daemon that does not accept would hold
/// us for ever.
fn open(path: &Path, deadline: Option<Instant>) -> io::Result<UnixStream> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    set_socket_timeout(&socket, Timeout::Send, left(deadline)?)?;
    connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket.into())
}

/// The time left; none at all is an error, because to the system it would mean no limit.
fn left(deadline: Option<Instant>) -> io::Result<Option<Duration>> {
    let Some(deadline) = deadline else {
        return Ok(None);
    };
    match deadline.checked_duration_since(Instant::now()) {
        // Less than a microsecond would be rounded down to no limit.
        Some(left) if left >= Duration::from_micros(1) => Ok(Some(left)),
        _ => Err(io::ErrorKind::TimedOut.into()),
    }
}
