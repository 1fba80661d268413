use codepiper_model::{SessionId, Timestamp};
use codepiper_store::turn_snapshots::{self, Extent, StoredTurn, Wants};
use codepiper_store::{Connection, StoreError, sessions};
use serde::Serialize;
use utoipa::ToSchema;

use super::Turns;
use super::noting::{left_out, told};
use crate::EngineError;

/// The turns of a session's agent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TurnsView {
    /// The latest first; at most the last 50.
    pub turns: Vec<TurnView>,
    /// Why there are none, where there can be none.
    pub problem: Option<String>,
}

/// A turn of an agent, and how much it changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TurnView {
    /// Which one, counted from 1.
    pub turn: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; none: it goes on, or its end is being noted.
    pub ended_at: Option<Timestamp>,
    /// Files that differ; of a turn that goes on, up to now.
    pub files: u64,
    /// Lines that came.
    pub added: u64,
    /// Lines that went.
    pub removed: u64,
    /// Why something is not shown, or more than the agent did.
    pub problem: Option<String>,
}

impl Turns {
    /// The turns of a session, from the latest whose beginning has been noted.
    pub async fn list(&self, session: SessionId) -> Result<TurnsView, EngineError> {
        let read = move |db: &Connection| {
            let stored = sessions::get(db, session)?;
            Ok::<_, StoreError>((stored, turn_snapshots::all(db, session)?))
        };
        let (stored, mut turns) = self.store.read(read).await?;
        let stored = stored.ok_or_else(|| EngineError::no_session(session))?;
        let cwd = stored.session.cwd;
        turns.retain(|turn| !matches!(turn.wants, Some(Wants::Before | Wants::Both)));
        let mut views = Vec::new();
        for turn in turns {
            let mut view = TurnView::from(&turn);
            if view.ended_at.is_none()
                && let Some(before) = &turn.before
            {
                match self.up_to_now(&cwd, &turn, before).await {
                    Ok((
                        Extent {
                            files,
                            added,
                            removed,
                        },
                        problem,
                    )) => {
                        (view.files, view.added, view.removed) = (files, added, removed);
                        let problems: Vec<_> = view.problem.into_iter().chain(problem).collect();
                        view.problem = (!problems.is_empty()).then(|| problems.join("; "));
                    }
                    Err(error) => view.problem = Some(told(&error)),
                }
            }
            views.push(view);
        }
        let problem = if views.is_empty() {
            let refused = self.git.open(&cwd).await.err();
            refused.map(|error| told(&error))
        } else {
            None
        };
        Ok(TurnsView {
            turns: views,
            problem,
        })
    }

    async fn up_to_now(
        &self,
        cwd: &std::path::Path,
        turn: &StoredTurn,
        before: &str,
    ) -> Result<(Extent, Option<String>), EngineError> {
        let now = self.snapshot(cwd).await?;
        let extent = self.extent(cwd, before, &now.tree).await?;
        Ok((extent, left_out(&now, turn.started_at)))
    }

    /// The trees before and after a turn, or before it and as it is now; none: it changed nothing.
    pub async fn trees(
        &self,
        session: SessionId,
        turn: u32,
    ) -> Result<Option<(String, String)>, EngineError> {
        let read = move |db: &Connection| {
            let stored = sessions::get(db, session)?;
            Ok::<_, StoreError>((stored, turn_snapshots::get(db, session, turn)?))
        };
        let (stored, found) = self.store.read(read).await?;
        let stored = stored.ok_or_else(|| EngineError::no_session(session))?;
        let found = found.ok_or_else(|| EngineError::NotFound {
            code: "turn_not_found",
            message: format!(
                "there is no turn {turn} of session `{session}`, or no longer; \
                 `codepiper git turns {session}` lists them"
            ),
        })?;
        match (found.before, found.after, found.problem) {
            (Some(before), Some(after), _) => Ok((before != after).then_some((before, after))),
            (Some(before), None, _) => {
                let now = self.snapshot(&stored.session.cwd).await?;
                Ok(Some((before, now.tree)))
            }
            (None, _, problem) => {
                let why = problem.unwrap_or_else(|| "its beginning is being noted".to_owned());
                let message = format!("what turn {turn} changed is not known: {why}");
                Err(EngineError::conflict("turn_not_noted", message))
            }
        }
    }
}

impl From<&StoredTurn> for TurnView {
    fn from(turn: &StoredTurn) -> Self {
        let is_noted = turn.wants.is_none();
        Self {
            turn: turn.turn,
            started_at: turn.started_at,
            ended_at: turn.ended_at.filter(|_| is_noted),
            files: turn.extent.files,
            added: turn.extent.added,
            removed: turn.extent.removed,
            problem: turn.problem.clone(),
        }
    }
}
