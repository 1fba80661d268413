//! Where the daemon of this user is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use codepiper_api::{Client, DEFAULT_SOCKET};
use codepiper_engine::Config;

use crate::error::CliError;

/// The socket: the flag or `CODEPIPER_SOCKET`, else the default place.
pub(crate) fn socket(flag: Option<PathBuf>) -> Result<PathBuf, CliError> {
    let path = flag.filter(|path| !path.as_os_str().is_empty());
    Ok(std::path::absolute(
        path.unwrap_or_else(|| DEFAULT_SOCKET.into()),
    )?)
}

/// A client of the daemon on that socket.
pub(crate) fn client(flag: Option<PathBuf>) -> Result<Client, CliError> {
    socket(flag).map(Client::new)
}

/// What a daemon started from here would work with.
pub(crate) fn config(socket: PathBuf) -> Result<Config, CliError> {
    let database = match std::env::var_os("CODEPIPER_DB_PATH").filter(|path| !path.is_empty()) {
        Some(path) => std::path::absolute(path)?,
        None => home()?.join(".codepiper/codepiper.db"),
    };
    Ok(Config {
        database,
        socket,
        program: std::env::current_exe()?,
        environment: std::env::vars_os().collect(),
        flags: BTreeMap::new(),
        filled: BTreeSet::new(),
    })
}

/// The log of a daemon in the background.
pub(crate) fn log_file(config: &Config) -> PathBuf {
    config.state_dir().join("daemon.log")
}

fn home() -> Result<PathBuf, CliError> {
    let home = std::env::var_os("HOME")
        .filter(|home| !home.is_empty())
        .map(PathBuf::from);
    home.filter(|home| home.is_absolute())
        .ok_or_else(|| CliError::failed("no_home", "HOME is not set; set it, or CODEPIPER_DB_PATH"))
}

/// What a person types to run this program: its name where that is found in `PATH`, else its
/// place.
pub(crate) fn program() -> String {
    let Ok(own) = std::env::current_exe() else {
        return "codepiper".to_owned();
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let first = std::env::split_paths(&path)
        .map(|dir| dir.join("codepiper"))
        .find(|p| p.is_file());
    let is_own = first
        .and_then(|found| fs_err::canonicalize(found).ok())
        .is_some_and(|p| p == own);
    if is_own {
        "codepiper".to_owned()
    } else {
        own.display().to_string()
    }
}
