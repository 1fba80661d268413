use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it.
    #[error("the database `{path}` is in use by another daemon{}", .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    InUse {
        /// Which database.
        path: PathBuf,
        /// Who says so in the lock file.
        pid: Option<u32>,
    },
    /// It was written by a later version.
    #[error(
        "the database has layout {found}, this version knows up to {known}; start the version that wrote it"
    )]
    Newer {
        /// The layout that is there.
        found: i64,
        /// The newest that this version knows.
        known: i64,
    },
    /// The row is not there.
    #[error("there is no such row")]
    NotFound,
    /// The database is not whole.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A row does not read as what it should be.
    #[error("column `{column}` holds `{value}`")]
    Unreadable {
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// A text is too long to be looked for.
    #[error("the text is too long to be looked for")]
    TextTooLong,
    /// The store is closing.
    #[error("the database is closed")]
    Closed,
    /// What was to be written could not be worked out, by a mistake of ours; nothing of it was.
    #[error("a write broke off")]
    Panicked,
    /// There is no room for what was to be written; nothing of it was.
    #[error("the disk is full, or the quota is used up")]
    Full,
    /// SQLite refused something.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// A value has no JSON form, or the other way round.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The operating system refused something.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite knows a full disk by its name, and a quota as a write that failed.
        let is_full = error.sqlite_error().is_some_and(|cause| {
            cause.code == ErrorCode::DiskFull
                || [SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMSIZE].contains(&cause.extended_code)
        });
        if is_full {
            Self::Full
        } else {
            Self::Sqlite(error)
        }
    }
}
