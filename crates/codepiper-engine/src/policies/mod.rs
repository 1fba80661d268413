//! The policies: what is allowed, denied and asked.

mod change;
mod check;
mod view;

use std::sync::{Arc, PoisonError, RwLock};

use codepiper_model::{Clock, Scope, ToolCall, Verdict};
use codepiper_policy::{CompiledPolicy, Evaluation, Scoped, evaluate};
use codepiper_store::Store;
use codepiper_store::policies::{self, StoredPolicy};
use tokio::sync::Mutex;

use crate::{EngineError, Settings};

pub use change::{NewPolicy, PolicyChange};
pub use check::Checked;
pub use view::PolicyView;
use view::{no_policy, parsed, view, wrong};

/// Keeps the policies and asks them.
///
/// Those that are asked are held in memory, compiled; a change is stored first.
#[derive(Clone)]
pub struct PolicyEngine {
    store: Store,
    clock: Arc<dyn Clock>,
    settings: Settings,
    current: Arc<RwLock<Arc<Vec<CompiledPolicy>>>>,
    /// Held while the policies change, so that what is in memory is what was stored last.
    changing: Arc<Mutex<()>>,
}

impl PolicyEngine {
    pub(crate) async fn load(
        store: Store,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, EngineError> {
        let stored = store.read(policies::all).await?;
        Ok(Self {
            store,
            clock,
            settings,
            current: Arc::new(RwLock::new(Arc::new(compiled(stored)))),
            changing: Arc::default(),
        })
    }

    /// The policies, highest priority first.
    pub async fn list(&self) -> Result<Vec<PolicyView>, EngineError> {
        let stored = self.store.read(policies::all).await?;
        stored.iter().map(view).collect()
    }

    /// One policy.
    pub async fn get(&self, id: &str) -> Result<PolicyView, EngineError> {
        let name = id.to_owned();
        let found = self.store.read(move |db| policies::get(db, &name)).await?;
        view(&found.ok_or_else(|| no_policy(id))?)
    }

    /// Asks every policy.
    pub(crate) fn evaluate(&self, call: &ToolCall) -> Evaluation {
        let current = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        ask(&current, call)
    }

    /// What becomes of a request that no rule matches, where the agent itself would ask.
    pub(crate) fn default_action(&self) -> Verdict {
        self.settings.get().default_policy_action
    }

    async fn reload(&self) -> Result<(), EngineError> {
        let fresh = Arc::new(compiled(self.store.read(policies::all).await?));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

fn ask(policies: &[CompiledPolicy], call: &ToolCall) -> Evaluation {
    let scope = |policy: &CompiledPolicy| match policy.source.session_id {
        Some(_) => Scope::Session,
        None => Scope::Global,
    };
    let scoped: Vec<Scoped<'_>> = policies
        .iter()
        .map(|policy| Scoped {
            policy,
            scope: scope(policy),
        })
        .collect();
    evaluate(&scoped, call)
}

/// What was checked when it was saved is checked again: another version may have saved it.
fn compiled(stored: Vec<StoredPolicy>) -> Vec<CompiledPolicy> {
    let compile = |row: StoredPolicy| {
        let compiled = parsed(&row).and_then(|policy| policy.compile().map_err(wrong));
        compiled
            .inspect_err(|error| {
                tracing::error!(policy = %row.id, %error, "a policy cannot be used and says nothing");
            })
            .ok()
    };
    stored.into_iter().filter_map(compile).collect()
}
