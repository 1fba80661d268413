use codepiper_model::{Actor, EntryKind, SessionId};
use codepiper_store::policies::{self, StoredPolicy};
use codepiper_store::sessions;
use serde_json::{Value, json};

use super::view::{no_policy, parsed, view, wrong};
use super::{PolicyEngine, PolicyView};
use crate::EngineError;
use crate::audit::{self, Redactor};
use crate::canonical::{canonical, sha256};

/// A policy that is to be made.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// Its id; one is found when there is none.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it counts.
    pub enabled: bool,
    /// Where it stands in lists.
    pub priority: i64,
    /// The only session it is for.
    pub session_id: Option<SessionId>,
    /// What it says, as JSON.
    pub rules: Value,
}

/// A change of a policy; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct PolicyChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it is for; null takes that away.
    pub description: Option<Option<String>>,
    /// Whether it counts.
    pub enabled: Option<bool>,
    /// Where it stands in lists.
    pub priority: Option<i64>,
    /// What it says, as JSON.
    pub rules: Option<Value>,
}

impl PolicyEngine {
    /// Makes a policy.
    pub async fn create(&self, new: NewPolicy, by: Actor) -> Result<PolicyView, EngineError> {
        let engine = self.clone();
        whole(async move { engine.create_whole(new, by).await }).await
    }

    async fn create_whole(&self, new: NewPolicy, by: Actor) -> Result<PolicyView, EngineError> {
        let now = self.clock.now();
        let id = match new.id {
            Some(id) => checked_text("id", &id, 100)?,
            None => uuid::Uuid::now_v7().to_string(),
        };
        let stored = StoredPolicy {
            id,
            name: checked_text("name", &new.name, 200)?,
            description: new.description,
            enabled: new.enabled,
            priority: new.priority,
            session_id: new.session_id,
            rules: new.rules,
            created_at: now,
            updated_at: now,
        };
        let rules = parsed(&stored)?.compile().map_err(wrong)?.source.rules;
        let _guard = self.changing.lock().await;
        let row = StoredPolicy {
            rules: serde_json::to_value(rules).map_err(EngineError::internal)?,
            ..stored
        };
        let (id, session) = (row.id.clone(), row.session_id);
        if let Some(session) = session
            && self
                .store
                .read(move |db| sessions::get(db, session))
                .await?
                .is_none()
        {
            return Err(EngineError::no_session(session));
        }
        let written = row.clone();
        let added = self.store.write(move |tx| {
            let added = policies::insert(tx, &written)?;
            if added {
                let mut facts = policy_facts(&written, by);
                facts["sessionId"] = json!(written.session_id);
                audit::note(tx, EntryKind::PolicyCreated, &facts, now)?;
            }
            Ok(added)
        });
        if !added.await? {
            return Err(EngineError::conflict(
                "policy_exists",
                format!("there is a policy `{id}` already"),
            ));
        }
        self.reload().await?;
        Ok(view(&row))
    }

    /// Changes a policy.
    pub async fn update(
        &self,
        id: &str,
        change: PolicyChange,
        by: Actor,
    ) -> Result<PolicyView, EngineError> {
        let (engine, id) = (self.clone(), id.to_owned());
        whole(async move { engine.update_whole(&id, change, by).await }).await
    }

    async fn update_whole(
        &self,
        id: &str,
        change: PolicyChange,
        by: Actor,
    ) -> Result<PolicyView, EngineError> {
        let _guard = self.changing.lock().await;
        let name = id.to_owned();
        let found = self.store.read(move |db| policies::get(db, &name)).await?;
        let mut row = found.ok_or_else(|| no_policy(id))?;
        if let Some(name) = change.name {
            row.name = checked_text("name", &name, 200)?;
        }
        row.description = change.description.unwrap_or(row.description);
        row.enabled = change.enabled.unwrap_or(row.enabled);
        row.priority = change.priority.unwrap_or(row.priority);
        if let Some(rules) = change.rules {
            row.rules = rules;
            let rules = parsed(&row)?.compile().map_err(wrong)?.source.rules;
            row.rules = serde_json::to_value(rules).map_err(EngineError::internal)?;
        }
        row.updated_at = self.clock.now();
        let written = row.clone();
        let changed = self.store.write(move |tx| {
            let changed = policies::update(tx, &written)?;
            audit::note(
                tx,
                EntryKind::PolicyUpdated,
                &policy_facts(&written, by),
                written.updated_at,
            )?;
            Ok(changed)
        });
        if !changed.await? {
            return Err(no_policy(id));
        }
        self.reload().await?;
        Ok(view(&row))
    }

    /// Removes a policy. What it decided stays in the audit.
    pub async fn delete(&self, id: &str, by: Actor) -> Result<(), EngineError> {
        let (engine, id) = (self.clone(), id.to_owned());
        whole(async move { engine.delete_whole(&id, by).await }).await
    }

    async fn delete_whole(&self, id: &str, by: Actor) -> Result<(), EngineError> {
        let _guard = self.changing.lock().await;
        let (name, now) = (id.to_owned(), self.clock.now());
        let removed = self.store.write(move |tx| {
            let removed = policies::delete(tx, &name)?;
            if removed {
                let facts = json!({ "by": by.to_string(), "id": name });
                audit::note(tx, EntryKind::PolicyDeleted, &facts, now)?;
            }
            Ok(removed)
        });
        if !removed.await? {
            return Err(no_policy(id));
        }
        self.reload().await
    }
}

/// What the audit keeps of a policy: the hash of its rules, and the rules without what looks like a
/// secret. The rules of a session's own policy may be made of its commands, with secrets of which
/// only the session knows; of these the hash is all.
pub(super) fn policy_facts(policy: &StoredPolicy, by: Actor) -> Value {
    let mut facts = json!({
        "by": by.to_string(),
        "id": policy.id,
        "enabled": policy.enabled,
        "rulesHash": sha256(canonical(&policy.rules).as_bytes()),
    });
    if policy.session_id.is_none() {
        facts["rules"] = Redactor::default().redact(&policy.rules);
    }
    facts
}

/// Runs to its end even when the caller goes away: what was stored must be what is in memory.
pub(super) async fn whole<T: Send + 'static>(
    change: impl Future<Output = Result<T, EngineError>> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::spawn(change).await.map_err(EngineError::internal)?
}

pub(super) fn checked_text(field: &str, text: &str, max: usize) -> Result<String, EngineError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > max || text.chars().any(char::is_control) {
        let message = format!("`{field}` takes 1 to {max} characters in one line");
        return Err(EngineError::invalid(field, message));
    }
    Ok(text.to_owned())
}
