use std::str::FromStr;
use std::time::Duration;

use codepiper_model::{ActivityState, Session, SessionId};
use tokio::time::{sleep, timeout};

use super::SessionManager;
use crate::EngineError;

/// A state that can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The agent runs.
    Running,
    /// The session's agent does this.
    Activity(ActivityState),
    /// The session has ended.
    Exited,
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "running" => Self::Running,
            "idle" => Self::Activity(ActivityState::Idle),
            "working" => Self::Activity(ActivityState::Working),
            "needs_permission" => Self::Activity(ActivityState::NeedsPermission),
            "needs_input" => Self::Activity(ActivityState::NeedsInput),
            "exited" => Self::Exited,
            other => {
                let shown: String = other.chars().take(40).collect();
                return Err(format!(
                    "`{shown}` cannot be waited for; known are `running`, `idle`, `working`, \
                     `needs_permission`, `needs_input`, `exited`"
                ));
            }
        })
    }
}

/// What waiting came to.
#[derive(Clone, Debug)]
pub struct Waited {
    /// The session as it is now.
    pub session: Session,
    /// Whether one of the states was reached; otherwise the time is over.
    pub reached: bool,
}

impl SessionManager {
    /// Waits, but never long, until what happened to approvals so far is part of what the session is
    /// said to do: whoever answered one and then looks should not be told of the time before.
    pub async fn catch_up(&self, id: SessionId) {
        const CAUGHT_UP: Duration = Duration::from_millis(500);
        let live = self.live_map().get(&id).cloned();
        let Some(live) = live else { return };
        let changes = *self.parts.approvals.changes().borrow();
        let mut seen = live.approvals_seen.subscribe();
        drop(timeout(CAUGHT_UP, seen.wait_for(|seen| *seen >= changes)).await);
    }

    /// Waits until the session is in one of `states`, has ended, or the time is over.
    pub async fn wait(
        &self,
        id: SessionId,
        states: &[Until],
        patience: Duration,
    ) -> Result<Waited, EngineError> {
        self.catch_up(id).await;
        let live = self.live_map().get(&id).cloned();
        let Some(live) = live else {
            let session = self.get(id).await?;
            let ended = !session.status.is_live();
            if !ended {
                // Its tmux server does not answer; it is tried again every few seconds.
                sleep(patience.min(Duration::from_secs(1))).await;
            }
            return Ok(Waited {
                reached: ended && states.contains(&Until::Exited),
                session,
            });
        };
        let mut activity = live.activity.subscribe();
        let mut running = live.running.subscribe();
        let mut exit = live.exit.subscribe();
        let reach = async {
            loop {
                if exit.borrow_and_update().is_some() {
                    return states.contains(&Until::Exited);
                }
                let runs = *running.borrow_and_update();
                let state = activity.borrow_and_update().state;
                let is_there = |until: &Until| match until {
                    Until::Running => runs,
                    Until::Activity(wanted) => runs && *wanted == state,
                    Until::Exited => false,
                };
                if states.iter().any(is_there) {
                    return true;
                }
                tokio::select! {
                    _ = exit.changed() => {}
                    _ = running.changed() => {}
                    _ = activity.changed() => {}
                }
            }
        };
        let reached = timeout(patience, reach).await.unwrap_or(false);
        Ok(Waited {
            session: self.get(id).await?,
            reached,
        })
    }
}
