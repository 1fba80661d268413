//! What a file makes different from what is kept.

use codepiper_model::{Actor, EntryKind, Timestamp};
use codepiper_store::policies::{self, StoredPolicy};
use codepiper_store::policy_sets::{self, StoredSet};
use codepiper_store::{Connection, StoreError, Transaction};
use serde_json::json;

use super::change::policy_facts;
use super::file::{PolicyFile, SetEntry};
use super::view::parsed;
use crate::{EngineError, audit};

/// What has to be written so that what is kept says what a file says.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) policies: Vec<(Step, StoredPolicy)>,
    pub(super) sets: Vec<(Step, StoredSet, Vec<String>)>,
}

/// What becomes of a policy or a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    Update,
    Leave,
}

impl Plan {
    /// Compares a file with what is kept, and refuses what cannot be kept.
    pub(super) fn new(
        db: &Connection,
        file: &PolicyFile,
        now: Timestamp,
    ) -> Result<Result<Self, EngineError>, StoreError> {
        let mut plan = Self::default();
        for policy in &file.policies {
            let policy = &policy.source;
            let earlier = policies::get(db, &policy.id)?;
            if let Some(session) = earlier.as_ref().and_then(|earlier| earlier.session_id) {
                let id = &policy.id;
                let message = format!("policy `{id}` is for session `{session}` only");
                let hint = "a file has policies for every session: choose another `id`";
                return Ok(Err(EngineError::conflict_with_hint(
                    "policy_of_session",
                    message,
                    hint,
                )));
            }
            let row = StoredPolicy {
                id: policy.id.clone(),
                name: policy.name.clone(),
                description: policy.description.clone(),
                enabled: policy.enabled,
                priority: policy.priority,
                session_id: None,
                rules: serde_json::to_value(&policy.rules)?,
                created_at: earlier.as_ref().map_or(now, |earlier| earlier.created_at),
                updated_at: now,
            };
            let step = match earlier.map(|earlier| parsed(&earlier)) {
                None => Step::Create,
                Some(Ok(earlier)) if earlier == *policy => Step::Leave,
                Some(_) => Step::Update,
            };
            plan.policies.push((step, row));
        }
        let kept = policy_sets::all(db)?;
        let members = policy_sets::members(db)?;
        for (i, set) in file.sets.iter().enumerate() {
            let in_file = |id: &String| file.policies.iter().any(|it| it.source.id == *id);
            for (j, id) in set.policies.iter().enumerate() {
                if !in_file(id) && policies::get(db, id)?.is_none() {
                    let message =
                        format!("there is no policy `{id}`, neither here nor in the file");
                    return Ok(Err(file.set_error(i, &format!("policies[{j}]"), &message)));
                }
            }
            if kept.iter().any(|it| it.name == set.name && it.id != set.id) {
                let message = format!("another policy set is called `{}`", set.name);
                return Ok(Err(EngineError::conflict("policy_set_exists", message)));
            }
            let earlier = kept.iter().find(|kept| kept.id == set.id);
            plan.sets.push(set_step(set, earlier, &members, now));
        }
        Ok(Ok(plan))
    }

    pub(super) fn write(
        &self,
        tx: &Transaction<'_>,
        by: Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for (step, policy) in &self.policies {
            let kind = match step {
                Step::Create => policies::insert(tx, policy).map(|_| EntryKind::PolicyCreated)?,
                Step::Update => policies::update(tx, policy).map(|_| EntryKind::PolicyUpdated)?,
                Step::Leave => continue,
            };
            audit::note(tx, kind, &policy_facts(policy, by), now)?;
        }
        for (step, set, wanted) in &self.sets {
            let kind = match step {
                Step::Create => {
                    policy_sets::insert(tx, set).map(|_| EntryKind::PolicySetCreated)?
                }
                Step::Update => {
                    policy_sets::update(tx, set).map(|_| EntryKind::PolicySetUpdated)?
                }
                Step::Leave => continue,
            };
            for (_, policy) in policy_sets::members(tx)?
                .iter()
                .filter(|(of, policy)| *of == set.id && !wanted.contains(policy))
            {
                policy_sets::remove_member(tx, &set.id, policy)?;
            }
            for policy in wanted {
                policy_sets::add_member(tx, &set.id, policy)?;
            }
            let facts = json!({
                "by": by.to_string(),
                "id": set.id,
                "name": set.name,
                "isDefault": set.is_default,
                "policyIds": wanted,
            });
            audit::note(tx, kind, &facts, now)?;
        }
        Ok(())
    }
}

fn set_step(
    set: &SetEntry,
    earlier: Option<&StoredSet>,
    members: &[(String, String)],
    now: Timestamp,
) -> (Step, StoredSet, Vec<String>) {
    let row = StoredSet {
        id: set.id.clone(),
        name: set.name.clone(),
        description: set.description.clone(),
        is_default: set
            .is_default
            .unwrap_or_else(|| earlier.is_some_and(|earlier| earlier.is_default)),
        created_at: earlier.map_or(now, |earlier| earlier.created_at),
        updated_at: now,
    };
    let mut wanted = set.policies.clone();
    wanted.sort_unstable();
    let is_same = |earlier: &StoredSet| {
        let has = members.iter().filter(|(of, _)| *of == set.id);
        let same = StoredSet {
            updated_at: earlier.updated_at,
            ..row.clone()
        };
        *earlier == same && has.map(|(_, policy)| policy).eq(&wanted)
    };
    let step = match earlier {
        None => Step::Create,
        Some(earlier) if is_same(earlier) => Step::Leave,
        Some(_) => Step::Update,
    };
    (step, row, wanted)
}
