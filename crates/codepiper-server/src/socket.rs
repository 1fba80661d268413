use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::serve::Listener;
use codepiper_engine::Peer;
use rustix::fs::Mode;
use tokio::net::{UnixListener, UnixStream};

/// The daemon's socket. Only processes of its owner are let in.
pub struct Socket {
    listener: UnixListener,
    place: Place,
}

/// Where a socket was made, and which file that is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Place {
    /// Removes the socket, unless another one has taken its place.
    pub(crate) fn clear(&self) {
        let meta = std::fs::symlink_metadata(&self.path);
        if meta.is_ok_and(|meta| (meta.dev(), meta.ino()) == (self.device, self.inode)) {
            drop(fs_err::remove_file(&self.path));
        }
    }
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// A daemon listens there.
    #[error("a daemon already listens on `{0}`; stop it with `codepiper daemon stop`")]
    InUse(PathBuf),
    /// Something else is there.
    #[error("`{0}` exists and is not a socket; remove it or choose another with `--socket`")]
    NotASocket(PathBuf),
    /// The system refused.
    #[error("cannot listen on `{path}`: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Socket {
    /// Listens on `path`. A socket that nobody listens on is replaced, a live one never is.
    ///
    /// Changes the umask of the process for a moment: to be called before threads make files.
    pub fn bind(path: &Path) -> Result<Self, BindError> {
        let failed = |source| BindError::Io {
            path: path.to_owned(),
            source,
        };
        match std::fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
            Ok(meta) if !meta.file_type().is_socket() => {
                return Err(BindError::NotASocket(path.to_owned()));
            }
            Ok(_) => match std::os::unix::net::UnixStream::connect(path) {
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    fs_err::remove_file(path).map_err(failed)?;
                }
                Ok(_) => return Err(BindError::InUse(path.to_owned())),
                Err(error) => return Err(failed(error)),
            },
        }
        // The mode must be right from the first moment: a chmod would come too late.
        let umask = rustix::process::umask(Mode::from_raw_mode(0o077));
        let bound = UnixListener::bind(path);
        rustix::process::umask(umask);
        let listener = bound.map_err(failed)?;
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        let meta = fs_err::symlink_metadata(path).map_err(failed)?;
        let place = Place {
            path: path.to_owned(),
            device: meta.dev(),
            inode: meta.ino(),
        };
        Ok(Self { listener, place })
    }

    /// Where it is.
    pub(crate) fn place(&self) -> Place {
        self.place.clone()
    }

    /// Whether a daemon listens on `path`.
    pub fn is_live(path: &Path) -> bool {
        std::os::unix::net::UnixStream::connect(path).is_ok()
    }
}

impl Listener for Socket {
    type Io = UnixStream;
    type Addr = Option<Peer>;

    async fn accept(&mut self) -> (UnixStream, Option<Peer>) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) if is_own(&stream) => {
                    // Now: a moment later it may be gone, and another have its number.
                    let pid = stream.peer_cred().ok().and_then(|peer| peer.pid());
                    return (stream, pid.map(Peer::of));
                }
                Ok(_) => tracing::warn!("a process of another user was turned away"),
                Err(error) => {
                    // Out of descriptors, most likely: others must close some first.
                    tracing::error!(%error, "cannot accept");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Option<Peer>> {
        Ok(None)
    }
}

fn is_own(stream: &UnixStream) -> bool {
    let own = rustix::process::getuid().as_raw();
    stream.peer_cred().is_ok_and(|peer| peer.uid() == own)
}
