use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err::os::unix::fs::OpenOptionsExt as _;
use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

/// Marks our files (`PRAGMA application_id`): the letters C, P, i, p.
pub(crate) const APPLICATION_ID: i64 = 0x4350_6970;

/// A database of another program that was found in our place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedAside {
    /// Where it is now.
    pub to: PathBuf,
}

/// Moves a database that is not ours out of the way.
pub(crate) fn make_way(path: &Path) -> Result<Option<MovedAside>, StoreError> {
    let is_empty = fs_err::metadata(path).map_or(true, |meta| meta.len() == 0);
    if is_empty || is_ours(path) {
        return Ok(None);
    }
    let to = free_name(path);
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let from = with_suffix(path, suffix);
        if from.exists() {
            fs_err::rename(from, with_suffix(&to, suffix))?;
        }
    }
    Ok(Some(MovedAside { to }))
}

fn is_ours(path: &Path) -> bool {
    // Immutable: looking must not change a stranger's file, not even by recovering its journal.
    let uri = format!("file:{}?mode=ro&immutable=1", encode(path));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
        .and_then(|c| c.query_row("PRAGMA application_id", [], |row| row.get::<_, i64>(0)))
        .is_ok_and(|id| id == APPLICATION_ID)
}

fn encode(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

fn free_name(path: &Path) -> PathBuf {
    let mut candidate = with_suffix(path, ".typescript");
    let mut n = 1;
    while candidate.exists() {
        n += 1;
        candidate = with_suffix(path, &format!(".typescript.{n}"));
    }
    candidate
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Opens the database for its one writer.
pub(crate) fn open(path: &Path) -> Result<Connection, StoreError> {
    // SQLite makes its side files with the mode of the main one.
    let file = fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // Before the log is on, so that it stands in the main file at once: a daemon killed a moment
    // later must know its own database again.
    if file.metadata()?.len() == 0 {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An acknowledged commit survives the death of this process; the setting
    // `synchronous = FULL` makes it survive that of the machine.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Opens a connection that cannot write.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    Ok(connection)
}
