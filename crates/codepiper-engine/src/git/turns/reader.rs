//! Which events begin and end turns.

use codepiper_model::{Event, Seq, Timestamp};
use codepiper_store::events::{self, EventQuery};
use codepiper_store::{StoreError, Transaction, settings, turn_snapshots};
use tokio::sync::watch;

use super::Turns;
use crate::EngineError;

/// Where it is noted up to which event all were read.
const CURSOR: &str = "turnsUpTo";

/// Events that are read at a time.
const BATCH: usize = 200;

/// What an event says of a turn.
#[derive(Clone, Copy)]
enum Edge {
    Begins,
    Ends,
}

impl Turns {
    /// Reads every event behind the last one that was read.
    pub(super) async fn read_on(&self, mut latest: watch::Receiver<Seq>) {
        let read = async {
            let first = *latest.borrow_and_update();
            let mut since = self.begin(first).await?;
            loop {
                latest.borrow_and_update();
                while self.take(&mut since).await? {}
                if latest.changed().await.is_err() {
                    return Ok::<_, EngineError>(());
                }
            }
        };
        if let Err(error) = read.await {
            tracing::error!(%error, "no turn is noted any more; a restart goes on where it was");
        }
        // What was read is still noted.
        std::future::pending::<()>().await;
    }

    /// Where it goes on; the first time, with what comes.
    async fn begin(&self, latest: Seq) -> Result<Seq, EngineError> {
        let begin = self.store.write(move |tx| {
            if let Some(kept) = settings::get(tx, CURSOR)?
                && let Ok(kept) = serde_json::from_value(kept)
            {
                return Ok(kept);
            }
            settings::set(tx, CURSOR, &serde_json::to_value(latest)?)?;
            Ok::<_, StoreError>(latest)
        });
        Ok(begin.await?)
    }

    /// Reads some events, and says whether there may be more. What they tell and how far was read is
    /// written at once.
    async fn take(&self, since: &mut Seq) -> Result<bool, EngineError> {
        let wanted = EventQuery {
            since: Some(*since),
            limit: BATCH,
            ..EventQuery::default()
        };
        let read = self.store.read(move |db| events::query(db, &wanted));
        let (found, more) = read.await?;
        let Some(last) = found.last().map(|event| event.id) else {
            return Ok(false);
        };
        *since = last;
        // Most events say nothing of turns, and cost nothing more.
        if !more && !found.iter().any(|event| edge(event).is_some()) {
            return Ok(false);
        }
        let write = self.store.write(move |tx| {
            let mut is_news = false;
            for event in &found {
                is_news |= note(tx, event)?;
            }
            settings::set(tx, CURSOR, &serde_json::to_value(last)?)?;
            Ok::<_, StoreError>(is_news)
        });
        if write.await? {
            self.wake.notify_one();
        }
        Ok(more)
    }
}

fn note(tx: &Transaction<'_>, event: &Event) -> Result<bool, StoreError> {
    let (session, at): (_, Timestamp) = (event.session_id, event.timestamp);
    match edge(event) {
        Some(Edge::Begins) => turn_snapshots::begin(tx, session, at),
        Some(Edge::Ends) => turn_snapshots::end(tx, session, at),
        None => Ok(false),
    }
}

fn edge(event: &Event) -> Option<Edge> {
    let of = |name: &str| event.payload[name].as_str().unwrap_or_default();
    match event.kind.as_str() {
        "Activity" => match of("to") {
            // A screen that is still being drawn for the first time may look like work.
            _ if of("from") == "unknown" && of("source") == "screen" && of("to") != "idle" => None,
            // A request for leave may be the first that is seen of a turn.
            "working" | "needs_permission" => Some(Edge::Begins),
            "idle" => Some(Edge::Ends),
            _ => None,
        },
        "SessionEnded" => Some(Edge::Ends),
        _ => None,
    }
}
