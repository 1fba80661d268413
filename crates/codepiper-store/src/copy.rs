//! Whole copies of a database, for backups.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::{StoreError, file, migrate};

/// Writes the database at `from`, as it is at one moment, into a new file. A daemon may be writing to
/// it meanwhile: all pages are read under one lock, and readers hold no writer up.
pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let source = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    source.busy_timeout(Duration::from_secs(10))?;
    // SQLite keeps the mode of a file that is there.
    file::make_private(to)?;
    let mut copy = Connection::open(to)?;
    Backup::new(&source, &mut copy)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
    // So that the one file is all of it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

/// Opens a copy, brings its layout up to date, and looks whether it is whole.
pub fn open_copy(path: &Path) -> Result<Connection, StoreError> {
    let mut copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    migrate::migrate(&mut copy)?;
    let found: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(StoreError::Damaged(found));
    }
    Ok(copy)
}
