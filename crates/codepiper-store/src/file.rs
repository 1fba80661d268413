use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err::os::unix::fs::OpenOptionsExt as _;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

/// Marks our files (`PRAGMA application_id`): the letters C, P, i, p.
pub(crate) const APPLICATION_ID: i32 = 0x4350_6970;

/// How much of the log's file is kept once all of it was carried over; bytes. To write over what is
/// there is cheaper than to make a file longer: it keeps what a log that is carried over has.
const LOG_KEPT: i64 = 64 * 1024 * 1024;

/// A database of another program that was found in our place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedAside {
    /// Where it is now.
    pub to: PathBuf,
}

/// Moves a database that is not ours out of the way.
pub(crate) fn make_way(path: &Path) -> Result<Option<MovedAside>, StoreError> {
    if is_empty_or_ours(path)? {
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

/// Reads our mark out of the file's header, at the place where the file format has it
/// (<https://www.sqlite.org/fileformat.html>, offset 68). Asking SQLite would not do: it reads the
/// log along with the file, which must not be touched before it is known to be ours, and without
/// the log a file whose daemon was killed in the middle of a checkpoint is unreadable.
fn is_empty_or_ours(path: &Path) -> Result<bool, StoreError> {
    use std::io::Read as _;

    const MARK: std::ops::Range<usize> = 68..72;
    let file = match fs_err::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error.into()),
    };
    let mut header = Vec::new();
    file.take(100).read_to_end(&mut header)?;
    let mark = header
        .get(MARK)
        .and_then(|bytes| bytes.try_into().ok())
        .map(i32::from_be_bytes);
    let is_sqlite = header.starts_with(b"SQLite format 3\0");
    Ok(header.is_empty() || is_sqlite && mark == Some(APPLICATION_ID))
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
    // What a job would have to take back is kept in memory: a file for each costs more than the job.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The log is carried over by a thread of its own, see `checkpoint`.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    keep_statements(&connection)?;
    Ok(connection)
}

/// Makes a file that only its owner can read, and that must not be there.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = fs_err::OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    Ok(())
}

/// Opens a connection that only carries the log over into the database.
pub(crate) fn open_carrier(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

/// Opens a connection that cannot write.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    keep_statements(&connection)?;
    Ok(connection)
}

/// Sees to it that a statement is prepared once. SQLite looks at bound values to plan a query, and
/// so prepares many of ours anew with every value unless it is told not to; that takes longer than
/// running them. The cache has room for all that we have.
fn keep_statements(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}
