//! Carrying the log over into the database, beside the thread that writes.
//!
//! SQLite would do it within a commit, and whoever waits for that would wait for the disk. Here the
//! log is carried over while it grows. It only begins anew once all of it is over, so the writer
//! waits for the rest when it has become long.

use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rusqlite::Connection;

use crate::StoreError;

/// From so many pages on the log is carried over.
const SOME: i64 = 1000;

/// From so many pages on the writer waits for the rest, where that is little: 64 MiB.
const LONG: i64 = 16 * 1024;

/// From so many pages on it waits in any case.
const TOO_LONG: i64 = 2 * LONG;

/// The thread that carries the log over.
pub(crate) struct Checkpoint {
    carrier: Arc<Mutex<Connection>>,
    wake: SyncSender<()>,
}

impl Checkpoint {
    pub(crate) fn start(carrier: Connection) -> Result<Self, StoreError> {
        let carrier = Arc::new(Mutex::new(carrier));
        let (wake, woken) = mpsc::sync_channel(1);
        let shared = Arc::clone(&carrier);
        thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn(move || {
                while woken.recv().is_ok() {
                    carry_over(&shared);
                }
            })?;
        Ok(Self { carrier, wake })
    }

    /// Sees to the log after a commit.
    pub(crate) fn committed(&self, writer: &Connection) {
        let Ok((pages, left)) = log(writer, "NOOP") else {
            return;
        };
        if pages >= TOO_LONG || pages >= LONG && left < SOME {
            carry_over(&self.carrier);
        } else if left >= SOME {
            // It is awake already where this does not fit.
            let _awake = self.wake.try_send(());
        }
    }
}

/// What cannot be carried over now, as on a full disk or below a reader, is tried again.
fn carry_over(carrier: &Mutex<Connection>) {
    let carrier = carrier.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(error) = log(&carrier, "PASSIVE") {
        tracing::warn!(%error, "cannot carry the log over into the database");
    }
}

/// The pages of the log, and how many of them are not carried over yet.
fn log(db: &Connection, mode: &str) -> Result<(i64, i64), rusqlite::Error> {
    let mut statement = db.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?;
    let (pages, carried): (i64, i64) =
        statement.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?;
    Ok((pages, pages - carried))
}
