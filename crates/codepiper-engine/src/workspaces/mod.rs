//! Workspaces: directories that people work in, under names of their own, with what new sessions
//! there are. One is a convenience: no session depends on it once it is made.

mod defaults;

use std::path::PathBuf;
use std::sync::Arc;

use codepiper_model::{Actor, Clock, EntryKind, Timestamp, is_unseen};
use codepiper_store::workspaces::{self, StoredWorkspace};
use codepiper_store::{Connection, Store, StoreError, Transaction};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::note;
use crate::directories::{resolved, shown};
use crate::{CreateSession, EngineError, EnvSets, PolicyEngine};

pub use defaults::{WorkspaceDefaults, WorktreeChoice};

const NAME_MAX: usize = 100;

/// The workspaces.
#[derive(Clone)]
pub struct Workspaces {
    store: Store,
    clock: Arc<dyn Clock>,
    policies: PolicyEngine,
    env_sets: EnvSets,
}

/// A workspace.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The directory.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// What new sessions there are, where nothing else is asked for.
    pub defaults: WorkspaceDefaults,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A workspace that is to be made, or what one becomes.
pub struct NewWorkspace {
    /// What people call it.
    pub name: String,
    /// The directory; absolute.
    pub path: PathBuf,
    /// What new sessions there are.
    pub defaults: WorkspaceDefaults,
}

impl WorkspaceView {
    /// Adds to a request what it does not say.
    pub fn fill(&self, request: &mut CreateSession) {
        self.defaults.fill(&self.path, request);
        let id = self.id.clone();
        request.metadata.insert("workspaceId".to_owned(), id.into());
    }
}

impl Workspaces {
    pub(crate) const fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        policies: PolicyEngine,
        env_sets: EnvSets,
    ) -> Self {
        Self {
            store,
            clock,
            policies,
            env_sets,
        }
    }

    /// Every workspace, by name.
    pub async fn list(&self) -> Result<Vec<WorkspaceView>, EngineError> {
        let stored = self.store.read(workspaces::all).await?;
        stored.into_iter().map(view).collect()
    }

    /// One workspace.
    pub async fn get(&self, id: &str) -> Result<WorkspaceView, EngineError> {
        let name = id.to_owned();
        let read = move |db: &Connection| workspaces::get(db, &name);
        view(
            self.store
                .read(read)
                .await?
                .ok_or_else(|| no_workspace(id))?,
        )
    }

    /// Makes a workspace.
    pub async fn create(&self, new: NewWorkspace, by: Actor) -> Result<WorkspaceView, EngineError> {
        let now = self.clock.now();
        let id = uuid::Uuid::now_v7().to_string();
        self.put(id, now, new, ("created", by)).await
    }

    /// Makes a workspace another one.
    pub async fn update(
        &self,
        id: &str,
        new: NewWorkspace,
        by: Actor,
    ) -> Result<WorkspaceView, EngineError> {
        let old = self.get(id).await?;
        self.put(old.id, old.created_at, new, ("changed", by)).await
    }

    /// Forgets a workspace; the directory and its sessions stay as they are.
    pub async fn delete(&self, id: &str, by: Actor) -> Result<(), EngineError> {
        let (name, at) = (id.to_owned(), self.clock.now());
        let deleted = self.store.write(move |tx| {
            let was_there = workspaces::delete(tx, &name)?;
            if was_there {
                let facts = json!({ "by": by.to_string(), "what": "deleted", "id": name });
                note(tx, EntryKind::WorkspaceChanged, &facts, at)?;
            }
            Ok::<_, StoreError>(was_there)
        });
        if deleted.await? {
            Ok(())
        } else {
            Err(no_workspace(id))
        }
    }

    async fn put(
        &self,
        id: String,
        created_at: Timestamp,
        new: NewWorkspace,
        (what, by): (&'static str, Actor),
    ) -> Result<WorkspaceView, EngineError> {
        let name = checked_name(&new.name)?;
        let path = resolved(&new.path).map_err(|why| {
            let message = format!("directory `{}` {why}", shown(&new.path));
            EngineError::invalid("path", message)
        })?;
        let defaults = new.defaults.checked()?;
        self.policies.check_sets(&defaults.policy_set_ids).await?;
        for set in &defaults.env_set_ids {
            self.env_sets.get(set).await?;
        }
        let stored = StoredWorkspace {
            id,
            name: name.clone(),
            path,
            defaults: serde_json::to_value(defaults).map_err(EngineError::internal)?,
            created_at,
            updated_at: self.clock.now(),
        };
        let row = stored.clone();
        let write = move |tx: &Transaction<'_>| {
            let is_new = workspaces::put(tx, &row)?;
            if is_new {
                let facts = json!({
                    "by": by.to_string(), "what": what, "id": row.id, "name": row.name,
                    "path": row.path, "defaults": row.defaults,
                });
                note(tx, EntryKind::WorkspaceChanged, &facts, row.updated_at)?;
            }
            Ok::<_, StoreError>(is_new)
        };
        if !self.store.write(write).await? {
            let message = format!("there is a workspace `{name}` already");
            return Err(EngineError::conflict("name_taken", message));
        }
        view(stored)
    }
}

fn view(stored: StoredWorkspace) -> Result<WorkspaceView, EngineError> {
    Ok(WorkspaceView {
        id: stored.id,
        name: stored.name,
        path: stored.path,
        defaults: serde_json::from_value(stored.defaults).map_err(EngineError::internal)?,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
    })
}

fn checked_name(name: &str) -> Result<String, EngineError> {
    let name = name.trim();
    let is_good = (1..=NAME_MAX).contains(&name.chars().count());
    if !is_good || name.chars().any(is_unseen) {
        let message = format!("`name` takes 1 to {NAME_MAX} characters, all of which can be seen");
        return Err(EngineError::invalid("name", message));
    }
    Ok(name.to_owned())
}

fn no_workspace(id: &str) -> EngineError {
    let shown: String = id.chars().take(64).collect();
    EngineError::NotFound {
        code: "workspace_not_found",
        message: format!("there is no workspace `{shown}`"),
    }
}
