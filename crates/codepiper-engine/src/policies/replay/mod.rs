//! What a draft would have made of the calls that were decided on.

mod past;
mod replayed;
mod tally;

use std::sync::Arc;

use codepiper_model::{SessionId, Timestamp, Verdict};
use codepiper_store::decisions::{self, DecisionQuery};
use codepiper_store::{Connection, Reach, StoreError, sessions};

use super::PolicyEngine;
use super::apply::read;
use super::current::Current;
use super::file::PolicyFile;
use super::plan::Plan;
use crate::EngineError;

use past::Past;
pub use replayed::{Changed, Counts, Difference, Group, Replayed};
use tally::Tally;

/// Decisions that are read at a time.
const PAGE: usize = 200;

/// A draft, and the calls to hold it against.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// The draft: policies and sets, as YAML or JSON.
    pub text: String,
    /// Calls from this time on.
    pub since: Option<Timestamp>,
    /// Calls before this time.
    pub until: Option<Timestamp>,
    /// Calls of this session only.
    pub session_id: Option<SessionId>,
    /// Ask what would be kept once the draft is applied, and not the draft alone.
    pub with_current: bool,
}

impl PolicyEngine {
    /// Asks a draft about every call that was decided on; nothing is changed. By itself each of its
    /// policies counts for every session, whatever sets it is in.
    pub async fn replay(&self, replay: Replay) -> Result<Replayed, EngineError> {
        let file = read(replay.text).await?;
        let with_current = replay.with_current;
        let now = self.clock.now();
        let made = move |db: &Connection| draft(db, file, with_current, now);
        let draft = Arc::new(self.store.read(made).await??);
        let query = DecisionQuery {
            session_id: replay.session_id,
            since: replay.since,
            until: replay.until,
            ..DecisionQuery::default()
        };
        let default_action = self.default_action(None);
        let mut tally = Tally::default();
        let mut reach = Some(Reach::NEWEST);
        while let Some(from) = reach {
            let (draft, asked) = (Arc::clone(&draft), query.clone());
            let page = move |db: &Connection| {
                let mut tally = tally;
                let next = go_on(db, &asked, from, &draft, default_action, &mut tally)?;
                Ok((tally, next))
            };
            (tally, reach) = self.store.read(page).await?;
        }
        if let Some(id) = replay.session_id.filter(|_| tally.calls() == 0) {
            let known = self.store.read(move |db| sessions::get(db, id)).await?;
            known.ok_or_else(|| EngineError::no_session(id))?;
        }
        Ok(tally.finished())
    }
}

/// What is to be asked.
fn draft(
    db: &Connection,
    file: PolicyFile,
    with_current: bool,
    now: Timestamp,
) -> Result<Result<Current, EngineError>, StoreError> {
    if !with_current {
        return Current::only(db, file.policies).map(Ok);
    }
    match Plan::new(db, &file, now)? {
        Ok(plan) => Current::after(db, &plan).map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Goes through one page; says where the next one begins when there may be one.
fn go_on(
    db: &Connection,
    query: &DecisionQuery,
    from: Reach,
    draft: &Current,
    default_action: Verdict,
    tally: &mut Tally,
) -> Result<Option<Reach>, StoreError> {
    let page = decisions::search(db, query, from, PAGE)?;
    for stored in page.rows {
        let past = Past::new(db, stored)?;
        let policies = draft.scoped(past.call.session_id);
        let evaluation =
            codepiper_policy::explain(&policies, &past.call, &past.workspace().context());
        let own = past.call.session_id.and_then(|id| draft.default_action(id));
        tally.note(&past, &evaluation, own.unwrap_or(default_action));
    }
    Ok(page.next.map(Reach::Before))
}
