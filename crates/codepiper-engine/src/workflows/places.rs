//! How much workflows do at a time. A hundred that are begun together take turns: the machine has
//! few cores, and executions that each hold some of the sessions that there may be, and wait for
//! more, would wait for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// The executions that may have sessions at the same time.
const EXECUTIONS: usize = 32;
/// The sessions that are started at the same time.
const STARTS: usize = 4;

/// The places that there are.
#[derive(Clone)]
pub(super) struct Places {
    executions: Arc<Semaphore>,
    starts: Arc<Semaphore>,
    held: Arc<Mutex<HashMap<String, Option<OwnedSemaphorePermit>>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            executions: Arc::new(Semaphore::new(EXECUTIONS)),
            starts: Arc::new(Semaphore::new(STARTS)),
            held: Arc::default(),
        }
    }
}

impl Places {
    /// Lets an execution have sessions, once it is its turn; those that begin first go first.
    pub(super) async fn enter(&self, execution: &str) {
        if self.held().contains_key(execution) {
            return;
        }
        // It is never closed.
        let place = Arc::clone(&self.executions).acquire_owned().await.ok();
        // Two of its sessions may have waited side by side: one place is enough.
        self.held().entry(execution.to_owned()).or_insert(place);
    }

    /// An execution that has sessions already has its place, were there more of them than there may
    /// be now.
    pub(super) fn keep(&self, execution: &str) {
        let place = Arc::clone(&self.executions).try_acquire_owned().ok();
        self.held().insert(execution.to_owned(), place);
    }

    /// It has no more sessions.
    pub(super) fn leave(&self, execution: &str) {
        self.held().remove(execution);
    }

    /// Waits until another session may be started.
    pub(super) async fn start(&self) -> Option<SemaphorePermit<'_>> {
        self.starts.acquire().await.ok()
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Option<OwnedSemaphorePermit>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
