//! The policies: what is allowed, denied and asked.

mod apply;
mod change;
mod check;
mod current;
mod default_action;
mod disk;
mod export;
mod file;
mod plan;
mod ready;
mod replay;
mod sets;
mod view;
mod workspace;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use codepiper_model::{Clock, SessionId, ToolCall};
use codepiper_policy::{Evaluation, evaluate};
use codepiper_store::Store;
use codepiper_store::{policies, sessions};
pub(crate) use default_action::check_default_action;
use tokio::sync::Mutex;

use crate::{EngineError, Settings};

pub use apply::{Applied, Changes};
pub use change::{NewPolicy, PolicyChange};
pub use check::Checked;
use current::Current;
pub use export::PolicyExport;
pub use ready::ReadyView;
pub use replay::{Changed, Counts, Difference, Group, Replay, Replayed};
pub use sets::{NewSet, SetChange, SetSummary, SetView};
pub use view::PolicyView;
use view::{no_policy, view};
pub(crate) use workspace::Workspace;

/// Keeps the policies and asks them.
///
/// Those that are asked are held in memory, compiled; a change is stored first.
#[derive(Clone)]
pub struct PolicyEngine {
    store: Store,
    clock: Arc<dyn Clock>,
    settings: Settings,
    current: Arc<RwLock<Arc<Current>>>,
    /// Held while the policies change, so that what is in memory is what was stored last.
    changing: Arc<Mutex<()>>,
}

impl PolicyEngine {
    pub(crate) async fn load(
        store: Store,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, EngineError> {
        let current = store.read(Current::read).await?;
        Ok(Self {
            store,
            clock,
            settings,
            current: Arc::new(RwLock::new(Arc::new(current))),
            changing: Arc::default(),
        })
    }

    /// The policies, highest priority first.
    pub async fn list(&self) -> Result<Vec<PolicyView>, EngineError> {
        let stored = self.store.read(policies::all).await?;
        Ok(stored.iter().map(view).collect())
    }

    /// One policy.
    pub async fn get(&self, id: &str) -> Result<PolicyView, EngineError> {
        let name = id.to_owned();
        let found = self.store.read(move |db| policies::get(db, &name)).await?;
        Ok(view(&found.ok_or_else(|| no_policy(id))?))
    }

    /// The policies that have a say in a session, those that are switched off left out.
    pub async fn effective(&self, session_id: SessionId) -> Result<Vec<PolicyView>, EngineError> {
        let current = self.current();
        let all = self.list().await?;
        Ok(all
            .into_iter()
            .filter(|view| current.scope(&view.policy.id, Some(session_id)).is_some())
            .collect())
    }

    /// Asks every policy about a call in a session that was started in `directory`.
    pub(crate) fn evaluate(&self, call: &ToolCall, directory: Option<&Path>) -> Evaluation {
        let current = self.current();
        let workspace = Workspace::of(directory);
        evaluate(&current.scoped(call.session_id), call, &workspace.context())
    }

    /// Where a session was started.
    pub(crate) async fn directory(&self, id: SessionId) -> Result<Option<PathBuf>, EngineError> {
        let found = self.store.read(move |db| sessions::get(db, id)).await?;
        Ok(found.map(|stored| stored.session.cwd))
    }

    /// Whether there is a policy for this session.
    pub(crate) fn has_any(&self, session_id: SessionId) -> bool {
        !self.current().scoped(Some(session_id)).is_empty()
    }

    /// Whether a rule is about text that is typed in this session.
    pub(crate) fn speak_of_typing(&self, session_id: SessionId) -> bool {
        let current = self.current();
        let mut policies = current.scoped(Some(session_id)).into_iter();
        policies.any(|scoped| scoped.policy.is_about_typing())
    }

    /// Lets go of what was held of sessions that were deleted.
    pub(crate) async fn forget_deleted(&self) -> Result<(), EngineError> {
        let _guard = self.changing.lock().await;
        self.reload().await
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn reload(&self) -> Result<(), EngineError> {
        let fresh = Arc::new(self.store.read(Current::read).await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}
