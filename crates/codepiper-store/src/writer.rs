use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::StoreError;
use crate::checkpoint::Checkpoint;

/// Jobs that may wait. When they are this many the callers wait to be let in: nothing is dropped.
const QUEUED: usize = 1024;

/// The most jobs that share one transaction.
const BATCH: usize = 256;

/// Tells the caller of a job how it ended, once it is known what became of the batch.
type Finish = Box<dyn FnOnce(Result<(), Lost>) + Send>;
type Job = Box<dyn FnOnce(&Transaction<'_>, Place) -> Done + Send>;

/// Where a job stands in its transaction.
#[derive(Clone, Copy)]
enum Place {
    /// In front of all others: the transaction can be taken back instead of the job.
    First,
    /// Behind what must stay.
    Later,
}

/// A job that was run.
struct Done {
    finish: Finish,
    has_failed: bool,
    /// It found no room.
    is_full: bool,
}

/// Why nothing of a batch was committed.
#[derive(Clone, Copy)]
enum Lost {
    Full,
    Otherwise,
}

/// The thread that writes.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(crate) fn start(
        connection: Connection,
        checkpoint: Checkpoint,
    ) -> Result<Self, StoreError> {
        let (jobs, receiver) = mpsc::channel(QUEUED);
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_batches(connection, receiver, &checkpoint))?;
        Ok(Self { jobs })
    }

    pub(crate) async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |tx, place| {
            let result = match place {
                Place::First => caught(tx, job),
                Place::Later => in_savepoint(tx, job),
            };
            let has_failed = result.is_err();
            let is_full = matches!(result, Err(StoreError::Full));
            let finish = move |batch: Result<(), Lost>| {
                let result = match batch {
                    Ok(()) => result,
                    Err(Lost::Full) => result.and(Err(StoreError::Full)),
                    Err(Lost::Otherwise) => result.and(Err(StoreError::Closed)),
                };
                drop(sender.send(result));
            };
            Done {
                finish: Box::new(finish),
                has_failed,
                is_full,
            }
        });
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        receiver.await.map_err(|_| StoreError::Closed)?
    }
}

/// Runs a job. One that panics has failed: it must not take along the thread that all others write
/// with.
fn caught<T>(
    tx: &Transaction<'_>,
    job: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(|| job(tx))).unwrap_or(Err(StoreError::Panicked))
}

/// Runs a job so that its failure undoes what it did, and only that. SQLite keeps a copy of every
/// page for that.
fn in_savepoint<T>(
    tx: &Transaction<'_>,
    job: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let run = |sql| tx.prepare_cached(sql)?.execute([]);
    run("SAVEPOINT job")?;
    let result = caught(tx, job);
    // On a full disk SQLite may have taken back the whole transaction, and the savepoint with it.
    if result.is_err() && tx.is_autocommit() {
        return result;
    }
    if result.is_err() {
        run("ROLLBACK TO job")?;
    }
    run("RELEASE job")?;
    result
}

fn write_batches(
    mut connection: Connection,
    mut jobs: mpsc::Receiver<Job>,
    checkpoint: &Checkpoint,
) {
    while let Some(first) = jobs.blocking_recv() {
        let tx = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(tx) => tx,
            Err(error) => {
                // The job is dropped, which its caller sees.
                tracing::error!(%error, "cannot begin a transaction");
                continue;
            }
        };
        let first = first(&tx, Place::First);
        if first.has_failed {
            // Dropped, a transaction is taken back.
            drop(tx);
            (first.finish)(Ok(()));
            continue;
        }
        let mut done = vec![first];
        // What followed on a transaction that was taken back would be committed by itself, while its
        // caller is told that it was not.
        while !tx.is_autocommit()
            && done.len() < BATCH
            && let Ok(job) = jobs.try_recv()
        {
            done.push(job(&tx, Place::Later));
        }
        let found_no_room = done.iter().any(|done| done.is_full);
        let batch = if tx.is_autocommit() {
            tracing::error!("a batch of writes was taken back");
            drop(tx);
            Err(if found_no_room {
                Lost::Full
            } else {
                Lost::Otherwise
            })
        } else {
            commit(tx)
        };
        for Done { finish, .. } in done {
            finish(batch);
        }
        checkpoint.committed(&connection);
    }
}

fn commit(tx: Transaction<'_>) -> Result<(), Lost> {
    tx.commit().map_err(|error| {
        tracing::error!(%error, "cannot commit");
        match StoreError::from(error) {
            StoreError::Full => Lost::Full,
            _ => Lost::Otherwise,
        }
    })
}
