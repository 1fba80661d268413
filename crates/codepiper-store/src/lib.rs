//! Everything that must survive, in one SQLite file: the only crate with SQL.
//!
//! One thread writes, in batches, and a small pool reads. A write is acknowledged after its
//! commit, and it happens whole or not at all. Functions that take a connection or a transaction
//! compose; the caller owns the transaction.
//!
//! Invariant: no decisions. What a row means is other crates' business.

pub mod account;
pub mod analytics;
pub mod approvals;
pub mod audit;
pub mod chain;
mod checkpoint;
pub mod conversation;
pub mod copy;
pub mod counts;
pub mod days;
pub mod decisions;
pub mod deliveries;
pub mod devices;
mod entries;
pub mod env_sets;
mod error;
pub mod events;
mod file;
pub mod ingest;
mod lock;
pub mod look;
mod migrate;
pub mod notification_deliveries;
pub mod notification_prefs;
pub mod notifications;
pub mod policies;
pub mod policy_sets;
pub mod prompts;
pub mod push_subscriptions;
mod row;
pub mod sealed_values;
pub mod sessions;
pub mod settings;
pub mod sign_ins;
pub mod spending;
mod stretch;
mod text;
pub mod tools;
pub mod transcripts;
pub mod turn_snapshots;
pub mod usage;
pub mod whose;
pub mod words;
pub mod workflows;
pub mod workspaces;
pub mod worktrees;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use checkpoint::Checkpoint;
pub use error::StoreError;
pub use file::MovedAside;
pub use lock::Lock;
pub use rusqlite::{Connection, Transaction};
pub use stretch::{Reach, Stretch};
use writer::Writer;

const READERS: usize = 4;

/// The database of one daemon.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
    permits: Semaphore,
    _lock: Lock,
}

impl Store {
    /// Opens the database, makes it when there is none, and brings its layout up to date. A
    /// database that is not ours is moved aside, never written to. Only one process may have it.
    pub fn open(path: &Path) -> Result<(Self, Option<MovedAside>), StoreError> {
        let lock = Lock::take(path)?;
        let moved = file::make_way(path)?;
        let mut connection = file::open(path)?;
        migrate::migrate(&mut connection)?;
        let readers = (0..READERS)
            .map(|_| file::open_reader(path))
            .collect::<Result<_, _>>()?;
        let checkpoint = Checkpoint::start(file::open_carrier(path)?)?;
        let shared = Shared {
            path: path.to_owned(),
            writer: Writer::start(connection, checkpoint)?,
            readers: Mutex::new(readers),
            permits: Semaphore::new(READERS),
            _lock: lock,
        };
        Ok((
            Self {
                shared: Arc::new(shared),
            },
            moved,
        ))
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Runs `job` in a transaction and returns once that is committed. A job whose result is an
    /// error leaves nothing behind. It runs to its end even if nobody waits any more.
    pub async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.shared.writer.run(job).await
    }

    /// Runs `job` on a connection that cannot write.
    pub async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let _permit = self
            .shared
            .permits
            .acquire()
            .await
            .map_err(|_| StoreError::Closed)?;
        let shared = Arc::clone(&self.shared);
        let run = move || {
            let take = || {
                shared
                    .readers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .pop()
            };
            let reader = take().map_or_else(|| file::open_reader(&shared.path), Ok)?;
            let result = job(&reader);
            shared
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(reader);
            result
        };
        tokio::task::spawn_blocking(run)
            .await
            .map_err(|_| StoreError::Closed)?
    }
}
