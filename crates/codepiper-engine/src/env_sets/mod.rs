//! Sets of secret variables that sessions are given. A value is sealed for its set and its name, and
//! leaves here only for a session, or for a person who asks for that very one.

mod dotenv;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use codepiper_model::{Actor, Clock, EntryKind, Timestamp};
use codepiper_store::env_sets::{self, StoredEnvSet};
use codepiper_store::{Connection, Store, StoreError, Transaction};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::EngineError;
use crate::audit::note;
use crate::environment::{VARIABLES_MAX, check_variables};
use crate::keyring::Keyring;

/// What is shown of every value: not even how long it is.
const MASK: &str = "••••••••";

const NAME_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 500;

/// The sets of variables.
#[derive(Clone)]
pub struct EnvSets {
    store: Store,
    key: Keyring,
    clock: Arc<dyn Clock>,
}

/// A set, without its values.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EnvSet)]
pub struct EnvSetView {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Its variables, each with a mask that says nothing of the value.
    pub masked_vars: BTreeMap<String, String>,
    /// How many these are.
    pub var_count: usize,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A set that is to be made.
pub struct NewEnvSet {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its variables.
    pub vars: BTreeMap<String, String>,
}

/// A change of a set; what is absent stays.
#[derive(Default)]
pub struct EnvSetChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it is for; a blank text takes that away.
    pub description: Option<String>,
    /// Variables that are set.
    pub vars: BTreeMap<String, String>,
    /// Variables that are removed.
    pub unset: Vec<String>,
}

/// What is to be written of a set.
struct Written {
    kind: EntryKind,
    set: StoredEnvSet,
    vars: BTreeMap<String, String>,
    unset: Vec<String>,
}

impl EnvSets {
    pub(crate) fn new(store: Store, key: Keyring, clock: Arc<dyn Clock>) -> Self {
        Self { store, key, clock }
    }

    /// Every set, by name.
    pub async fn list(&self) -> Result<Vec<EnvSetView>, EngineError> {
        let read = |db: &Connection| {
            let sets = env_sets::all(db)?.into_iter();
            sets.map(|set| view(db, set)).collect::<Result<_, _>>()
        };
        Ok(self.store.read(read).await?)
    }

    /// One set.
    pub async fn get(&self, id: &str) -> Result<EnvSetView, EngineError> {
        let name = id.to_owned();
        let read = move |db: &Connection| {
            let set = env_sets::get(db, &name)?;
            set.map(|set| view(db, set)).transpose()
        };
        self.store.read(read).await?.ok_or_else(|| no_set(id))
    }

    /// Makes a set.
    pub async fn create(&self, new: NewEnvSet, by: Actor) -> Result<EnvSetView, EngineError> {
        let now = self.clock.now();
        let set = StoredEnvSet {
            id: uuid::Uuid::now_v7().to_string(),
            name: checked_name(&new.name)?,
            description: checked_description(new.description)?,
            created_at: now,
            updated_at: now,
        };
        check_variables("vars", &new.vars)?;
        let change = Written {
            kind: EntryKind::EnvSetCreated,
            set,
            vars: new.vars,
            unset: Vec::new(),
        };
        self.write(change, by).await
    }

    /// Changes a set. Variables that are not spoken of keep their values.
    pub async fn update(
        &self,
        id: &str,
        change: EnvSetChange,
        by: Actor,
    ) -> Result<EnvSetView, EngineError> {
        let old = self.get(id).await?;
        check_variables("vars", &change.vars)?;
        let absent = |name: &&String| !old.masked_vars.contains_key(*name);
        if let Some(name) = change.unset.iter().find(absent) {
            let shown: String = name.chars().take(64).collect();
            let message = format!("env set `{}` has no variable `{shown}`", old.name);
            return Err(EngineError::invalid("unset", message));
        }
        if let Some(name) = change.vars.keys().find(|name| change.unset.contains(name)) {
            let message = format!("`{name}` is to be set and removed");
            return Err(EngineError::invalid("unset", message));
        }
        let set = StoredEnvSet {
            id: old.id,
            name: match change.name {
                Some(name) => checked_name(&name)?,
                None => old.name,
            },
            description: match change.description {
                Some(text) => checked_description(Some(text))?,
                None => old.description,
            },
            created_at: old.created_at,
            updated_at: self.clock.now(),
        };
        let change = Written {
            kind: EntryKind::EnvSetUpdated,
            set,
            vars: change.vars,
            unset: change.unset,
        };
        self.write(change, by).await
    }

    /// Sets the variables of a `.env` text, and keeps the others.
    pub async fn import(&self, id: &str, text: &str, by: Actor) -> Result<EnvSetView, EngineError> {
        let vars = dotenv::read(text).map_err(|error| {
            EngineError::invalid("text", format!("line {}: {}", error.line, error.why))
        })?;
        let change = EnvSetChange {
            vars,
            ..EnvSetChange::default()
        };
        self.update(id, change, by).await
    }

    /// Removes a set. A session that has it cannot be resumed until it starts without.
    pub async fn delete(&self, id: &str, by: Actor) -> Result<(), EngineError> {
        let name = id.to_owned();
        let at = self.clock.now();
        let delete = move |tx: &Transaction<'_>| {
            let Some(set) = env_sets::get(tx, &name)? else {
                return Ok(false);
            };
            let facts = json!({ "by": by.to_string(), "id": set.id, "name": set.name });
            note(tx, EntryKind::EnvSetDeleted, &facts, at)?;
            env_sets::delete(tx, &set.id)
        };
        if self.store.write(delete).await? {
            Ok(())
        } else {
            Err(no_set(id))
        }
    }

    /// One value, for a person who wants to see it.
    pub async fn reveal(&self, id: &str, name: &str, by: Actor) -> Result<String, EngineError> {
        let mut values = self.open(&[id.to_owned()]).await?;
        let value = values.remove(name).ok_or_else(|| {
            let shown: String = name.chars().take(64).collect();
            EngineError::NotFound {
                code: "variable_not_found",
                message: format!("env set `{id}` has no variable `{shown}`"),
            }
        })?;
        let facts = json!({ "by": by.to_string(), "id": id, "variable": name });
        let at = self.clock.now();
        // Written down before it is told.
        let reveal = move |tx: &Transaction<'_>| note(tx, EntryKind::EnvValueRevealed, &facts, at);
        self.store.write(reveal).await?;
        Ok(value)
    }

    /// The names of the variables of some sets; one that is gone has none.
    pub(crate) async fn names(&self, ids: &[String]) -> Result<BTreeSet<String>, EngineError> {
        let ids = ids.to_vec();
        let read = move |db: &Connection| {
            let names = ids.iter().map(|id| env_sets::names(db, id));
            let names: Vec<_> = names.collect::<Result<_, _>>()?;
            Ok(names.into_iter().flatten().collect())
        };
        Ok(self.store.read(read).await?)
    }

    /// The ids of sets that are named by their ids or by what people call them.
    pub(crate) async fn named(&self, names: &[String]) -> Result<Vec<String>, EngineError> {
        let all = self.list().await?;
        let id = |name: &String| {
            let set = all.iter().find(|set| [&set.id, &set.name].contains(&name));
            set.map(|set| set.id.clone()).ok_or_else(|| no_set(name))
        };
        names.iter().map(id).collect()
    }

    /// The variables of some sets; the later win.
    pub(crate) async fn open(
        &self,
        ids: &[String],
    ) -> Result<BTreeMap<String, String>, EngineError> {
        let mut opened = BTreeMap::new();
        for id in ids {
            let name = id.clone();
            let read = move |db: &Connection| {
                let set = env_sets::get(db, &name)?;
                set.map(|set| env_sets::values(db, &set.id)).transpose()
            };
            let values = self.store.read(read).await?.ok_or_else(|| no_set(id))?;
            for (name, sealed) in values {
                let value = self.key.open(&place(id, &name), &sealed).map_err(|error| {
                    EngineError::conflict_with_hint(
                        "sealed",
                        format!("variable `{name}` of env set `{id}`: {error}"),
                        "put the key back with which it was set, or set it anew",
                    )
                })?;
                let value = String::from_utf8(value).map_err(EngineError::internal)?;
                opened.insert(name, value);
            }
        }
        Ok(opened)
    }

    async fn write(&self, change: Written, by: Actor) -> Result<EnvSetView, EngineError> {
        let Written {
            kind,
            set,
            vars,
            unset,
        } = change;
        let _hold = self.key.hold().await;
        let seal = |(name, value): (String, String)| {
            let sealed = self.key.seal(&place(&set.id, &name), value.as_bytes())?;
            Ok::<_, EngineError>((name, sealed))
        };
        let sealed: Vec<_> = vars.into_iter().map(seal).collect::<Result<_, _>>()?;
        let at = self.clock.now();
        let name = set.name.clone();
        let store = move |tx: &Transaction<'_>| {
            let mut names = env_sets::names(tx, &set.id)?;
            names.retain(|name| !unset.contains(name));
            let more = sealed.iter().filter(|(name, _)| !names.contains(name));
            if names.len() + more.count() > VARIABLES_MAX {
                return Ok::<_, StoreError>(Err(too_many()));
            }
            if !env_sets::put(tx, &set)? {
                return Ok(Err(name_taken(&name)));
            }
            for name in &unset {
                env_sets::unset_value(tx, &set.id, name)?;
            }
            for (name, value) in &sealed {
                env_sets::set_value(tx, &set.id, name, value)?;
            }
            let changed: Vec<_> = sealed.iter().map(|(name, _)| name).collect();
            let facts = json!({
                "by": by.to_string(),
                "id": set.id,
                "name": set.name,
                "set": changed,
                "unset": unset,
            });
            note(tx, kind, &facts, at)?;
            view(tx, set).map(Ok)
        };
        self.store.write(store).await?
    }
}

fn view(db: &Connection, set: StoredEnvSet) -> Result<EnvSetView, StoreError> {
    let names = env_sets::names(db, &set.id)?;
    Ok(EnvSetView {
        var_count: names.len(),
        masked_vars: names.into_iter().map(|n| (n, MASK.to_owned())).collect(),
        id: set.id,
        name: set.name,
        description: set.description,
        created_at: set.created_at,
        updated_at: set.updated_at,
    })
}

/// What is sealed for one variable of one set says nothing of another.
pub(crate) fn place(set_id: &str, name: &str) -> String {
    format!("env set {set_id}, {name}")
}

fn checked_name(name: &str) -> Result<String, EngineError> {
    let name = name.trim();
    let is_good = (1..=NAME_MAX).contains(&name.chars().count());
    if !is_good || name.chars().any(codepiper_model::is_unseen) {
        let message = format!("`name` takes 1 to {NAME_MAX} characters, all of which can be seen");
        return Err(EngineError::invalid("name", message));
    }
    Ok(name.to_owned())
}

fn checked_description(text: Option<String>) -> Result<Option<String>, EngineError> {
    let text = text.filter(|text| !text.trim().is_empty());
    if text
        .as_ref()
        .is_some_and(|text| text.chars().count() > DESCRIPTION_MAX)
    {
        let message = format!("`description` takes at most {DESCRIPTION_MAX} characters");
        return Err(EngineError::invalid("description", message));
    }
    Ok(text)
}

fn no_set(id: &str) -> EngineError {
    let shown: String = id.chars().take(64).collect();
    EngineError::NotFound {
        code: "env_set_not_found",
        message: format!("there is no env set `{shown}`"),
    }
}

fn name_taken(name: &str) -> EngineError {
    let message = format!("there is an env set `{name}` already");
    EngineError::conflict("name_taken", message)
}

fn too_many() -> EngineError {
    let message = format!("an env set takes at most {VARIABLES_MAX} variables");
    EngineError::invalid("vars", message)
}
