//! Notes what is there when turns begin and end. What is to be noted stands in the database, so that
//! whatever comes while a repository is looked at is noted with the next look, and by the next daemon.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use codepiper_model::{SessionId, Timestamp};
use codepiper_store::turn_snapshots::{self, Extent, StoredTurn, Wants};
use codepiper_store::{Connection, StoreError, Transaction, sessions};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Turns;
use super::snapshot::Snapshot;
use crate::EngineError;
use crate::git::DiffOf;

/// How many sessions are looked at at a time.
const AT_ONCE: usize = 4;

/// How long is waited where nothing could be stored.
const PAUSE: Duration = Duration::from_secs(5);

/// What is noted later than this is said to be late; milliseconds.
const LATE: i64 = 5000;

impl Turns {
    /// Notes whatever is to be noted.
    pub(super) async fn note_all(&self) {
        let mut going = JoinSet::new();
        let mut busy: HashMap<tokio::task::Id, SessionId> = HashMap::new();
        if let Err(error) = self.sweep().await {
            tracing::error!(%error, "cannot forget the turns of sessions that are gone");
        }
        loop {
            match self.store.read(turn_snapshots::wanting).await {
                Ok(wanting) => {
                    for session in wanting {
                        if busy.len() < AT_ONCE && !busy.values().any(|other| *other == session) {
                            let turns = self.clone();
                            let noting = going.spawn(async move { turns.note(session).await });
                            busy.insert(noting.id(), session);
                        }
                    }
                }
                Err(error) => tracing::error!(%error, "cannot read which turns are to be noted"),
            }
            tokio::select! {
                () = self.wake.notified() => if let Err(error) = self.sweep().await {
                    tracing::error!(%error, "cannot forget the turns of sessions that are gone");
                },
                Some(done) = going.join_next_with_id() => {
                    busy.remove(&done.map_or_else(|error| error.id(), |(id, ())| id));
                }
            }
        }
    }

    async fn note(&self, session: SessionId) {
        if let Err(error) = self.note_once(session).await {
            tracing::error!(%session, %error, "cannot note a turn");
            sleep(PAUSE).await;
        }
    }

    /// Notes all that is to be noted of a session now, with one look.
    async fn note_once(&self, session: SessionId) -> Result<(), EngineError> {
        let read = move |db: &Connection| {
            let mut turns = turn_snapshots::all(db, session)?;
            turns.retain(|turn| turn.wants.is_some());
            Ok::<_, StoreError>((sessions::get(db, session)?, turns))
        };
        let (Some(stored), turns) = self.store.read(read).await? else {
            return Ok(());
        };
        let now = self.clock.now();
        let found = self.snapshot(&stored.session.cwd).await;
        for turn in turns {
            match &found {
                Ok(snapshot) => self.note_turn(session, &turn, snapshot, now).await?,
                Err(error) => self.note_failure(session, &turn, error).await?,
            }
        }
        self.forget_oldest(session).await
    }

    async fn note_turn(
        &self,
        session: SessionId,
        turn: &StoredTurn,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let noted = match (turn.wants, &turn.before) {
            (Some(Wants::Before), _) => self.note_before(session, turn, snapshot, now).await,
            (Some(Wants::After), Some(before)) => {
                let after = self.note_after(session, turn, before, snapshot, now);
                after.await
            }
            _ => {
                let problem = "it was over before the files could be noted";
                self.give_up(session, turn.turn, problem).await
            }
        };
        match noted {
            Err(error @ EngineError::Conflict { .. }) => {
                self.give_up(session, turn.turn, &told(&error)).await
            }
            noted => noted,
        }
    }

    async fn note_before(
        &self,
        session: SessionId,
        turn: &StoredTurn,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let (number, late) = (turn.turn, now.millis_since(turn.started_at));
        let problem = (late > LATE).then(|| {
            let late = late / 1000;
            format!("its beginning was noted {late} s late: what changed until then is not shown")
        });
        let (git_dir, tree) = (snapshot.git_dir.clone(), snapshot.tree.clone());
        let name = format!("{number}-before");
        self.keep(&git_dir, session, &name, &tree).await?;
        let write = move |tx: &Transaction<'_>| {
            let place = (git_dir.as_str(), tree.as_str());
            turn_snapshots::set_before(tx, session, number, place, problem.as_deref())
        };
        Ok(self.store.write(write).await?)
    }

    async fn note_after(
        &self,
        session: SessionId,
        turn: &StoredTurn,
        before: &str,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let number = turn.turn;
        let extent = self.extent(&snapshot.root, before, &snapshot.tree).await?;
        let mut problems: Vec<String> = turn.problem.iter().cloned().collect();
        let late = turn.ended_at.map_or(0, |at| now.millis_since(at));
        if late > LATE {
            let late = late / 1000;
            problems.push(format!(
                "its end was noted {late} s late: what changed until then is shown with it"
            ));
        }
        problems.extend(left_out(snapshot, turn.started_at));
        let problem = (!problems.is_empty()).then(|| problems.join("; "));
        let (git_dir, tree) = (&snapshot.git_dir, snapshot.tree.clone());
        if tree == before {
            // That it changed nothing is all there is to know.
            let git_dir = Path::new(git_dir);
            self.let_go(git_dir, session, Some(number)).await?;
        } else {
            let name = format!("{number}-after");
            self.keep(git_dir, session, &name, &tree).await?;
        }
        let write = move |tx: &Transaction<'_>| {
            turn_snapshots::set_after(tx, session, number, &tree, extent, problem.as_deref())
        };
        Ok(self.store.write(write).await?)
    }

    async fn note_failure(
        &self,
        session: SessionId,
        turn: &StoredTurn,
        error: &EngineError,
    ) -> Result<(), EngineError> {
        let number = turn.turn;
        let is_outside =
            matches!(error, EngineError::Conflict { code, .. } if *code == "not_a_repository");
        if is_outside && turn.before.is_none() {
            let write = move |tx: &Transaction<'_>| turn_snapshots::delete(tx, session, number);
            return Ok(self.store.write(write).await?);
        }
        self.give_up(session, number, &told(error)).await
    }

    async fn give_up(
        &self,
        session: SessionId,
        turn: u32,
        problem: &str,
    ) -> Result<(), EngineError> {
        let problem = problem.to_owned();
        let write =
            move |tx: &Transaction<'_>| turn_snapshots::give_up(tx, session, turn, &problem);
        Ok(self.store.write(write).await?)
    }

    /// How much differs between two trees.
    pub(super) async fn extent(
        &self,
        dir: &Path,
        before: &str,
        after: &str,
    ) -> Result<Extent, EngineError> {
        let of = DiffOf {
            commit_a: Some(before.to_owned()),
            commit_b: Some(after.to_owned()),
            ..DiffOf::default()
        };
        let files = self.git.diff_stat(dir, &of).await?;
        Ok(Extent {
            files: files.len().try_into().unwrap_or(u64::MAX),
            added: files.iter().filter_map(|file| file.additions).sum(),
            removed: files.iter().filter_map(|file| file.deletions).sum(),
        })
    }
}

/// Says which files that may have changed in a turn are not shown with it.
pub(super) fn left_out(snapshot: &Snapshot, since: Timestamp) -> Option<String> {
    let since = u64::try_from(since.as_millis()).unwrap_or(0);
    let since: SystemTime = UNIX_EPOCH + Duration::from_millis(since);
    let names = snapshot.left_out.iter().filter(|(_, at)| *at >= since);
    let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
    let (first, rest) = names.split_first()?;
    let first: String = first.chars().take(200).collect();
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "`{first}`{more} is too large, or cannot be read, and is not shown"
    ))
}

/// What is told of something that went wrong.
pub(super) fn told(error: &EngineError) -> String {
    if let EngineError::Conflict { message, .. } = error {
        return message.clone();
    }
    tracing::error!(%error, "cannot note the files of a session");
    "the files could not be noted; the log of the daemon says why".to_owned()
}
