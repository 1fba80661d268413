use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use codepiper_model::SessionId;

use crate::EngineError;

/// The longest path that a tmux socket may have: the limit is about 104 bytes on macOS.
const SOCKET_PATH_MAX: usize = 100;

/// Where a daemon keeps its things, and what it was started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The database. Everything else stands beside it.
    pub database: PathBuf,
    /// The socket the daemon listens on.
    pub socket: PathBuf,
    /// Our own program, which starts the agents and is the demo agent.
    pub program: PathBuf,
    /// The environment the daemon was started with.
    pub environment: BTreeMap<OsString, OsString>,
    /// Settings that its command line says, by their names.
    pub flags: BTreeMap<&'static str, String>,
    /// Variables in it that stand in `config.toml` and not in the environment.
    pub filled: BTreeSet<&'static str>,
}

impl Config {
    /// A variable of the daemon's own environment; empty when it is not set.
    pub fn var_os(&self, name: &str) -> OsString {
        self.environment
            .get(OsStr::new(name))
            .cloned()
            .unwrap_or_default()
    }

    /// A variable of the daemon's own environment as text.
    pub fn var(&self, name: &str) -> Option<String> {
        self.environment
            .get(OsStr::new(name))
            .and_then(|value| value.to_str())
            .map(str::to_owned)
    }

    /// The state directory.
    pub fn state_dir(&self) -> &Path {
        self.database.parent().unwrap_or_else(|| Path::new("/"))
    }

    /// What belongs to one session: its settings overlay, its launch file, its transcript.
    pub fn session_dir(&self, id: SessionId) -> PathBuf {
        self.state_dir().join("sessions").join(id.to_string())
    }

    /// The key that secrets at rest are sealed with.
    pub fn key_file(&self) -> PathBuf {
        let named = self.var_os("CODEPIPER_KEY_FILE");
        if named.is_empty() {
            self.state_dir().join("key")
        } else {
            PathBuf::from(named)
        }
    }

    /// Where the first password of the dashboard waits until it is used.
    pub fn first_password_file(&self) -> PathBuf {
        self.state_dir().join("first-password")
    }

    /// What a person set in a file.
    pub fn settings_file(&self) -> PathBuf {
        self.state_dir().join("config.toml")
    }

    /// The person's own list of what models cost.
    pub fn prices_file(&self) -> PathBuf {
        self.state_dir().join("prices.toml")
    }

    /// Where hooks leave what they could not report.
    pub fn spool_dir(&self) -> PathBuf {
        self.state_dir().join("spool")
    }

    /// Where the newest hashes of the audit are kept.
    pub fn audit_head(&self) -> PathBuf {
        self.state_dir().join("audit-head.json")
    }

    /// Where the tmux sockets are: beside the database, or in `/tmp` when that path is too long
    /// for a socket.
    pub fn run_dir(&self) -> PathBuf {
        let beside = self.state_dir().join("run");
        // A slash, twelve digits, `.tmux`.
        if beside.as_os_str().as_bytes().len() + 18 <= SOCKET_PATH_MAX {
            return beside;
        }
        PathBuf::from(format!(
            "/tmp/codepiper-{}",
            rustix::process::getuid().as_raw()
        ))
    }

    /// The socket of a session's tmux server.
    pub fn tmux_socket(&self, id: SessionId) -> PathBuf {
        self.run_dir().join(format!("{}.tmux", id.short()))
    }

    /// The socket of a session's app-server.
    pub fn app_server_socket(&self, id: SessionId) -> PathBuf {
        self.run_dir().join(format!("{}.rpc", id.short()))
    }

    /// The configuration of our tmux servers.
    pub fn tmux_config(&self) -> PathBuf {
        self.run_dir().join("tmux.conf")
    }

    pub(crate) fn make_directories(&self) -> Result<(), EngineError> {
        let state = self.state_dir();
        // A database in somebody's own directory does not make that ours to lock.
        if !state.exists() || state.file_name() == Some(OsStr::new(".codepiper")) {
            make_private(state)?;
        }
        make_private(&state.join("sessions"))?;
        make_private(&self.spool_dir())?;
        make_private(&self.run_dir())
    }
}

/// Makes a directory that only its owner can enter, and refuses one that somebody else owns.
pub(crate) fn make_private(dir: &Path) -> Result<(), EngineError> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};

    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(dir)?;
    let meta = fs_err::symlink_metadata(dir)?;
    let is_link_elsewhere = meta.is_symlink() && fs_err::metadata(dir)?.uid() != own_uid();
    if is_link_elsewhere || !meta.is_symlink() && meta.uid() != own_uid() {
        return Err(EngineError::internal(format!(
            "`{}` belongs to another user",
            dir.display()
        )));
    }
    fs_err::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    Ok(())
}

fn own_uid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Writes a file that only its owner can read.
pub(crate) fn write_private(path: &Path, contents: &[u8]) -> Result<(), EngineError> {
    use std::io::Write as _;

    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path)?;
    file.write_all(contents)?;
    Ok(())
}
