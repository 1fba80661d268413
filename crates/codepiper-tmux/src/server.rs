use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::Tmux;

const KILL_DEADLINE: Duration = Duration::from_secs(10);

/// Whether something is there. Nothing is killed, forgotten or called dead on `Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is there.
    Present,
    /// It is not.
    Absent,
    /// It could not be told.
    Unknown,
}

/// What marks a server as ours, and as whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(pub String);

/// One tmux server with one session, one window and one pane.
#[derive(Clone, Debug)]
pub struct Server {
    pub(crate) tmux: Tmux,
    /// The socket it listens on.
    pub socket: PathBuf,
    /// The name of its only session.
    pub name: String,
}

/// The option that holds the [`Tag`].
pub(crate) const TAG_OPTION: &str = "@codepiper_tag";

impl Server {
    /// The server of that socket and session name, running or not.
    pub fn new(tmux: Tmux, socket: PathBuf, name: String) -> Self {
        Self { tmux, socket, name }
    }

    /// The command that attaches a terminal to it.
    pub fn attach_argv(&self) -> Vec<String> {
        vec![
            "tmux".to_owned(),
            "-S".to_owned(),
            self.socket.display().to_string(),
            "attach".to_owned(),
            "-t".to_owned(),
            format!("={}", self.name),
        ]
    }

    /// Whether the server listens. Spawns nothing and never waits: a server that hangs takes no
    /// connection once its queue is full, and that is not known to be an end.
    pub fn presence(&self) -> Presence {
        use rustix::io::Errno;
        use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect};

        let Ok(address) = SocketAddrUnix::new(&self.socket) else {
            return Presence::Unknown;
        };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let made = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None);
        let Ok(socket) = made else {
            return Presence::Unknown;
        };
        match connect(&socket, &address) {
            Ok(()) => Presence::Present,
            Err(Errno::NOENT | Errno::CONNREFUSED) => Presence::Absent,
            Err(_) => Presence::Unknown,
        }
    }

    /// Ends a server that no [`Pane`](crate::Pane) holds.
    pub(crate) async fn kill(&self) {
        let mut tmux = Command::new(self.tmux.program());
        tmux.args(["-N", "-S"]).arg(&self.socket).arg("kill-server");
        tmux.stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        if timeout(KILL_DEADLINE, tmux.status()).await.is_err() {
            tracing::warn!(socket = %self.socket.display(), "a tmux server does not end");
        }
        self.remove_socket();
    }

    /// Removes the socket of a server that is gone; tmux leaves it behind.
    pub fn remove_socket(&self) {
        if self.presence() == Presence::Absent {
            drop(fs_err::remove_file(&self.socket));
        }
    }
}
