use std::collections::{HashMap, HashSet};

use codepiper_model::{Actor, EntryKind, SessionId, Timestamp};
use codepiper_store::policy_sets::{self, StoredSet, Taken};
use codepiper_store::{Connection, StoreError, Transaction, policies, sessions};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::change::{checked_text, whole};
use super::view::no_policy;
use super::{PolicyEngine, PolicyView};
use crate::{EngineError, audit};

/// A set in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PolicySet)]
pub struct SetSummary {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Whether it is given to every new session.
    pub is_default: bool,
    /// How many policies are in it.
    pub policy_count: usize,
    /// How many sessions have it.
    pub session_count: usize,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A set with its policies.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PolicySetWithPolicies)]
pub struct SetView {
    /// The set.
    #[serde(flatten)]
    pub summary: SetSummary,
    /// Its policies, highest priority first.
    pub policies: Vec<PolicyView>,
}

/// A set that is to be made.
#[derive(Clone, Debug, Default)]
pub struct NewSet {
    /// Its id; one is found when there is none.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is given to every new session.
    pub is_default: bool,
    /// Its policies.
    pub policy_ids: Vec<String>,
}

/// A change of a set; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct SetChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it is for; null takes that away.
    pub description: Option<Option<String>>,
    /// Whether it is given to every new session.
    pub is_default: Option<bool>,
}

impl PolicyEngine {
    /// Every set, by name.
    pub async fn sets(&self) -> Result<Vec<SetSummary>, EngineError> {
        Ok(self.store.read(summaries).await?)
    }

    /// One set with its policies.
    pub async fn set(&self, id: &str) -> Result<SetView, EngineError> {
        let name = id.to_owned();
        let read = move |db: &Connection| {
            let members = policy_sets::members(db)?;
            let found = summaries(db)?.into_iter().find(|set| set.id == name);
            let members: Vec<String> = members
                .into_iter()
                .filter(|(set, _)| *set == name)
                .map(|(_, policy)| policy)
                .collect();
            Ok((found, members))
        };
        let (summary, members) = self.store.read(read).await?;
        let summary = summary.ok_or_else(|| no_set(id))?;
        let mut policies = self.list().await?;
        policies.retain(|view| members.contains(&view.policy.id));
        Ok(SetView { summary, policies })
    }

    /// The sets that a session has.
    pub async fn sets_of(&self, session_id: SessionId) -> Result<Vec<SetSummary>, EngineError> {
        let read = move |db: &Connection| {
            let is_known = sessions::get(db, session_id)?.is_some();
            let given = policy_sets::given(db)?;
            let mut sets = summaries(db)?;
            sets.retain(|set| given.contains(&(session_id, set.id.clone())));
            Ok((sets, is_known))
        };
        let (sets, is_known) = self.store.read(read).await?;
        if is_known {
            Ok(sets)
        } else {
            Err(EngineError::no_session(session_id))
        }
    }

    /// Makes a set.
    pub async fn create_set(&self, new: NewSet, by: Actor) -> Result<SetView, EngineError> {
        let now = self.clock.now();
        let id = match &new.id {
            Some(id) => checked_set_id(id)?,
            None => uuid::Uuid::now_v7().to_string(),
        };
        let set = StoredSet {
            id: id.clone(),
            name: checked_text("name", &new.name, 200)?,
            description: new.description,
            is_default: new.is_default,
            created_at: now,
            updated_at: now,
        };
        let members = new.policy_ids;
        self.change_sets(by, EntryKind::PolicySetCreated, move |tx| {
            let missing = missing(tx, &members)?;
            if !missing.is_empty() {
                return Ok(Err(missing_policies(&missing)));
            }
            if let Some(taken) = policy_sets::insert(tx, &set)? {
                return Ok(Err(taken_by_another(taken, &set)));
            }
            for policy in &members {
                policy_sets::add_member(tx, &set.id, policy)?;
            }
            Ok(Ok(
                json!({ "id": set.id, "name": set.name, "isDefault": set.is_default,
                "policyIds": members }),
            ))
        })
        .await?;
        self.set(&id).await
    }

    /// Changes a set.
    pub async fn update_set(
        &self,
        id: &str,
        change: SetChange,
        by: Actor,
    ) -> Result<SetView, EngineError> {
        let name = change.name.as_deref();
        let name = name
            .map(|name| checked_text("name", name, 200))
            .transpose()?;
        if name.is_none() && change.description.is_none() && change.is_default.is_none() {
            let message = "nothing is to be changed: give `name`, `description` or `isDefault`";
            return Err(EngineError::invalid("name", message));
        }
        let (now, set_id) = (self.clock.now(), id.to_owned());
        self.change_sets(by, EntryKind::PolicySetUpdated, move |tx| {
            let Some(mut set) = policy_sets::get(tx, &set_id)? else {
                return Ok(Err(no_set(&set_id)));
            };
            set.name = name.unwrap_or(set.name);
            set.description = change.description.unwrap_or(set.description);
            set.is_default = change.is_default.unwrap_or(set.is_default);
            set.updated_at = now;
            if let Some(taken) = policy_sets::update(tx, &set)? {
                return Ok(Err(taken_by_another(taken, &set)));
            }
            Ok(Ok(
                json!({ "id": set.id, "name": set.name, "isDefault": set.is_default }),
            ))
        })
        .await?;
        self.set(id).await
    }

    /// Removes a set. Its policies stay, and count for every session where they are in no other.
    pub async fn delete_set(&self, id: &str, by: Actor) -> Result<(), EngineError> {
        let id = id.to_owned();
        self.change_sets(by, EntryKind::PolicySetDeleted, move |tx| {
            Ok(if policy_sets::delete(tx, &id)? {
                Ok(json!({ "id": id }))
            } else {
                Err(no_set(&id))
            })
        })
        .await
    }

    /// Puts a policy into a set.
    pub async fn add_to_set(&self, id: &str, policy: &str, by: Actor) -> Result<(), EngineError> {
        let (id, policy) = (id.to_owned(), policy.to_owned());
        self.change_sets(by, EntryKind::PolicySetUpdated, move |tx| {
            if policy_sets::get(tx, &id)?.is_none() {
                return Ok(Err(no_set(&id)));
            }
            if policies::get(tx, &policy)?.is_none() {
                return Ok(Err(no_policy(&policy)));
            }
            Ok(if policy_sets::add_member(tx, &id, &policy)? {
                Ok(json!({ "id": id, "added": policy }))
            } else {
                let message = format!("policy `{policy}` is in set `{id}` already");
                Err(EngineError::conflict("already_member", message))
            })
        })
        .await
    }

    /// Takes a policy out of a set.
    pub async fn remove_from_set(
        &self,
        id: &str,
        policy: &str,
        by: Actor,
    ) -> Result<(), EngineError> {
        let (id, policy) = (id.to_owned(), policy.to_owned());
        self.change_sets(by, EntryKind::PolicySetUpdated, move |tx| {
            Ok(if policy_sets::remove_member(tx, &id, &policy)? {
                Ok(json!({ "id": id, "removed": policy }))
            } else {
                let message = format!("there is no policy `{policy}` in a set `{id}`");
                Err(not_found("member_not_found", message))
            })
        })
        .await
    }

    /// Gives a set to a session; it counts from the next decision on.
    pub async fn give_set(
        &self,
        session_id: SessionId,
        id: &str,
        by: Actor,
    ) -> Result<(), EngineError> {
        let id = id.to_owned();
        self.change_sets(by, EntryKind::PolicySetGiven, move |tx| {
            if sessions::get(tx, session_id)?.is_none() {
                return Ok(Err(EngineError::no_session(session_id)));
            }
            if policy_sets::get(tx, &id)?.is_none() {
                return Ok(Err(no_set(&id)));
            }
            Ok(if policy_sets::give(tx, session_id, &id)? {
                Ok(json!({ "id": id, "sessionId": session_id }))
            } else {
                let message = format!("session `{session_id}` has set `{id}` already");
                Err(EngineError::conflict("already_applied", message))
            })
        })
        .await
    }

    /// Takes a set from a session; it counts no more from the next decision on.
    pub async fn take_set(
        &self,
        session_id: SessionId,
        id: &str,
        by: Actor,
    ) -> Result<(), EngineError> {
        let id = id.to_owned();
        self.change_sets(by, EntryKind::PolicySetTaken, move |tx| {
            Ok(if policy_sets::take(tx, session_id, &id)? {
                Ok(json!({ "id": id, "sessionId": session_id }))
            } else {
                let message = format!("session `{session_id}` has no set `{id}`");
                Err(not_found("policy_set_not_found", message))
            })
        })
        .await
    }

    /// Takes in a session that is being made of another one, whose sets and own policies it gets.
    pub(crate) async fn take_in_like(
        &self,
        session_id: SessionId,
        other: SessionId,
        by: Actor,
    ) -> Result<(), EngineError> {
        let now = self.clock.now();
        self.change_sets(by, EntryKind::PoliciesCopied, move |tx| {
            let sets = policy_sets::given(tx)?;
            let sets = sets.into_iter().filter(|(session, _)| *session == other);
            let sets: Vec<String> = sets.map(|(_, set)| set).collect();
            for set in &sets {
                policy_sets::give(tx, session_id, set)?;
            }
            let own = policies::all(tx)?;
            let own = own
                .into_iter()
                .filter(|policy| policy.session_id == Some(other));
            let mut copies = Vec::new();
            for mut policy in own {
                policy.id = uuid::Uuid::now_v7().to_string();
                policy.session_id = Some(session_id);
                (policy.created_at, policy.updated_at) = (now, now);
                policies::insert(tx, &policy)?;
                copies.push(policy.id);
            }
            Ok(Ok(
                json!({ "from": other, "policyIds": copies, "policySetIds": sets,
                "sessionId": session_id }),
            ))
        })
        .await
    }

    /// Refuses sets that are none.
    pub(crate) async fn check_sets(&self, ids: &[String]) -> Result<(), EngineError> {
        let known = self.store.read(policy_sets::all).await?;
        let unknown = |id: &&String| known.iter().all(|set| set.id != **id);
        let Some(at) = ids.iter().position(|id| unknown(&id)) else {
            return Ok(());
        };
        let field = format!("policySetIds[{at}]");
        Err(EngineError::invalid(field, no_set(&ids[at]).to_string()))
    }

    /// Takes in a session that is being made, and gives it the default set and those it is to have.
    pub(crate) async fn take_in(
        &self,
        session_id: SessionId,
        sets: &[String],
        by: Actor,
    ) -> Result<(), EngineError> {
        let default = self.store.read(policy_sets::default).await?;
        let default = default.map(|set| set.id);
        let mut given = HashSet::new();
        for (set, by) in default
            .iter()
            .map(|set| (set, Actor::Owner))
            .chain(sets.iter().map(|set| (set, by)))
        {
            if given.insert(set) {
                self.give_set(session_id, set, by).await?;
            }
        }
        if given.is_empty() {
            self.reload().await?;
        }
        Ok(())
    }

    /// Runs a change in a transaction, with its entry in the audit, and takes it over. What the
    /// change refuses leaves nothing behind.
    async fn change_sets(
        &self,
        by: Actor,
        kind: EntryKind,
        change: impl FnOnce(&Transaction<'_>) -> Result<Result<Value, EngineError>, StoreError>
        + Send
        + 'static,
    ) -> Result<(), EngineError> {
        let engine = self.clone();
        whole(async move {
            let _guard = engine.changing.lock().await;
            let now = engine.clock.now();
            let job = move |tx: &Transaction<'_>| {
                Ok(match change(tx)? {
                    Ok(mut facts) => {
                        facts["by"] = by.to_string().into();
                        audit::note(tx, kind, &facts, now)?;
                        Ok(())
                    }
                    Err(refused) => Err(refused),
                })
            };
            engine.store.write(job).await??;
            engine.reload().await
        })
        .await
    }
}

fn summaries(db: &Connection) -> Result<Vec<SetSummary>, StoreError> {
    let mut policies: HashMap<String, usize> = HashMap::new();
    for (set, _) in policy_sets::members(db)? {
        *policies.entry(set).or_default() += 1;
    }
    let mut sessions: HashMap<String, usize> = HashMap::new();
    for (_, set) in policy_sets::given(db)? {
        *sessions.entry(set).or_default() += 1;
    }
    let count = |of: &HashMap<String, usize>, id: &str| of.get(id).copied().unwrap_or(0);
    let sets = policy_sets::all(db)?.into_iter();
    Ok(sets
        .map(|set| SetSummary {
            policy_count: count(&policies, &set.id),
            session_count: count(&sessions, &set.id),
            id: set.id,
            name: set.name,
            description: set.description,
            is_default: set.is_default,
            created_at: set.created_at,
            updated_at: set.updated_at,
        })
        .collect())
}

fn missing(db: &Connection, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let mut missing = Vec::new();
    for id in ids {
        if policies::get(db, id)?.is_none() {
            missing.push(id.clone());
        }
    }
    Ok(missing)
}

fn missing_policies(ids: &[String]) -> EngineError {
    let message = format!("there is no policy `{}`", ids.join("`, `"));
    EngineError::invalid("policyIds", message)
}

fn taken_by_another(taken: Taken, set: &StoredSet) -> EngineError {
    let message = match taken {
        Taken::Id => format!("there is a policy set `{}` already", set.id),
        Taken::Name => format!("another policy set is called `{}`", set.name),
    };
    EngineError::conflict("policy_set_exists", message)
}

/// `GET /policy-sets/ready` lists the ready sets.
pub(super) fn checked_set_id(id: &str) -> Result<String, EngineError> {
    if id.trim() == "ready" {
        let message = "`ready` stands for the ready sets; choose another `id`";
        return Err(EngineError::invalid("id", message));
    }
    checked_text("id", id, 100)
}

pub(super) fn no_set(id: &str) -> EngineError {
    let shown: String = id.chars().take(100).collect();
    not_found(
        "policy_set_not_found",
        format!("there is no policy set `{shown}`"),
    )
}

fn not_found(code: &'static str, message: String) -> EngineError {
    EngineError::NotFound { code, message }
}
