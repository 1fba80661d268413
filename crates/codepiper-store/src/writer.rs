use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::StoreError;

/// Jobs that may wait. When they are this many the callers wait to be let in: nothing is dropped.
const QUEUED: usize = 1024;

/// The most jobs that share one transaction.
const BATCH: usize = 256;

/// Tells the caller of a job how it ended, once it is known whether the batch was committed.
type Finish = Box<dyn FnOnce(bool) + Send>;
type Job = Box<dyn FnOnce(&Transaction<'_>) -> Finish + Send>;

/// The thread that writes.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, receiver) = mpsc::channel(QUEUED);
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_batches(connection, receiver))?;
        Ok(Self { jobs })
    }

    pub(crate) async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            let result = in_savepoint(tx, job);
            Box::new(move |committed| {
                let result = if committed {
                    result
                } else {
                    result.and(Err(StoreError::Closed))
                };
                drop(sender.send(result));
            })
        });
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        receiver.await.map_err(|_| StoreError::Closed)?
    }
}

/// Runs a job so that its failure undoes what it did, and only that.
fn in_savepoint<T>(
    tx: &Transaction<'_>,
    job: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let run = |sql| tx.prepare_cached(sql)?.execute([]);
    run("SAVEPOINT job")?;
    let result = job(tx);
    if result.is_err() {
        run("ROLLBACK TO job")?;
    }
    run("RELEASE job")?;
    result
}

fn write_batches(mut connection: Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        let tx = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(tx) => tx,
            Err(error) => {
                // The job is dropped, which its caller sees.
                tracing::error!(%error, "cannot begin a transaction");
                continue;
            }
        };
        let mut finishes = vec![first(&tx)];
        while finishes.len() < BATCH
            && let Ok(job) = jobs.try_recv()
        {
            finishes.push(job(&tx));
        }
        let committed = tx.commit();
        if let Err(error) = &committed {
            tracing::error!(%error, "cannot commit");
        }
        for finish in finishes {
            finish(committed.is_ok());
        }
    }
}
