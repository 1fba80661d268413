use std::collections::BTreeSet;

use codepiper_policy::Policy;
use codepiper_store::policies;
use codepiper_store::policy_sets;
use codepiper_store::{Connection, StoreError};

use super::PolicyEngine;
use super::file::{SetEntry, written};
use super::sets::no_set;
use super::view::{no_policy, parsed};
use crate::EngineError;

/// Which policies and sets to write into a file.
#[derive(Clone, Debug, Default)]
pub struct PolicyExport {
    /// These policies.
    pub ids: Vec<String>,
    /// This set, with its policies.
    pub set: Option<String>,
    /// Every set, and every policy that is for every session.
    pub all: bool,
}

impl PolicyEngine {
    /// Writes policies and sets as a file that makes them again, in the order of their ids.
    pub async fn export(&self, what: PolicyExport) -> Result<String, EngineError> {
        let read = move |db: &Connection| chosen(db, &what);
        let (policies, sets) = self.store.read(read).await??;
        written(policies, sets).map_err(EngineError::internal)
    }
}

type Chosen = (Vec<Policy>, Vec<SetEntry>);

fn chosen(db: &Connection, what: &PolicyExport) -> Result<Result<Chosen, EngineError>, StoreError> {
    let members = policy_sets::members(db)?;
    let mut sets = Vec::new();
    for set in policy_sets::all(db)? {
        if what.all || what.set.as_ref() == Some(&set.id) {
            let its = members.iter().filter(|(of, _)| *of == set.id);
            sets.push(SetEntry {
                policies: its.map(|(_, policy)| policy.clone()).collect(),
                id: set.id,
                name: set.name,
                description: set.description,
                is_default: set.is_default.then_some(true),
            });
        }
    }
    let is_set = |id: &String| sets.iter().any(|set| set.id == *id);
    if let Some(id) = what.set.as_ref().filter(|id| !is_set(id)) {
        return Ok(Err(no_set(id)));
    }
    sets.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let named: BTreeSet<&String> = what.ids.iter().collect();
    let in_sets: BTreeSet<&String> = sets.iter().flat_map(|set| &set.policies).collect();
    let mut chosen = Vec::new();
    for row in policies::all(db)? {
        let is_named = named.contains(&row.id) || in_sets.contains(&row.id);
        let is_wanted = is_named || what.all && row.session_id.is_none();
        if !is_wanted {
            continue;
        }
        if let Some(session) = row.session_id {
            let message = format!("policy `{}` is for session `{session}` only", row.id);
            let hint =
                "a file has policies for every session: `codepiper policy get` shows this one";
            let code = "policy_of_session";
            return Ok(Err(EngineError::conflict_with_hint(code, message, hint)));
        }
        match parsed(&row) {
            Ok(policy) => chosen.push(policy),
            Err(error) => {
                let message = format!("policy `{}` is broken: {error}", row.id);
                let hint = "`codepiper policy update --rules` mends it, `policy delete` removes it";
                let code = "policy_broken";
                return Ok(Err(EngineError::conflict_with_hint(code, message, hint)));
            }
        }
    }
    let is_there = |id: &String| chosen.iter().any(|policy| policy.id == *id);
    if let Some(id) = named.into_iter().find(|id| !is_there(id)) {
        return Ok(Err(no_policy(id)));
    }
    chosen.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(Ok((chosen, sets)))
}
