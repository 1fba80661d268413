//! Making what is kept say what a file says.

use codepiper_model::Actor;
use codepiper_store::{Connection, Transaction};
use serde::Serialize;
use utoipa::ToSchema;

use super::PolicyEngine;
use super::change::whole;
use super::file::PolicyFile;
use super::plan::{Plan, Step};
use crate::EngineError;

/// What a file changed, or would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApplyPoliciesResponse)]
pub struct Applied {
    /// The policies.
    pub policies: Changes,
    /// The sets.
    pub sets: Changes,
    /// Whether nothing was done.
    pub dry_run: bool,
}

/// Ids by what became of them, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AppliedChanges)]
pub struct Changes {
    /// Those that were not there.
    pub created: Vec<String>,
    /// Those that said something else.
    pub updated: Vec<String>,
    /// Those that said the same.
    pub unchanged: Vec<String>,
}

impl PolicyEngine {
    /// Creates what a file has and is not there, changes what differs, and leaves everything else
    /// alone; all of it or nothing. With `dry_run` it only says what that would be.
    pub async fn apply(
        &self,
        text: String,
        dry_run: bool,
        by: Actor,
    ) -> Result<Applied, EngineError> {
        let engine = self.clone();
        whole(async move {
            let file = read(text).await?;
            let _guard = engine.changing.lock().await;
            let now = engine.clock.now();
            let plan = move |db: &Connection| Plan::new(db, &file, now);
            let plan = engine.store.read(plan).await??;
            let applied = Applied::of(&plan, dry_run);
            if dry_run {
                return Ok(applied);
            }
            let job = move |tx: &Transaction<'_>| plan.write(tx, by, now);
            engine.store.write(job).await?;
            engine.reload().await?;
            Ok(applied)
        })
        .await
    }
}

/// Reads a file. That takes a while when it is long.
pub(super) async fn read(text: String) -> Result<PolicyFile, EngineError> {
    tokio::task::spawn_blocking(move || PolicyFile::parse(&text))
        .await
        .map_err(EngineError::internal)?
}

impl Applied {
    fn of(plan: &Plan, dry_run: bool) -> Self {
        let mut applied = Self {
            dry_run,
            ..Self::default()
        };
        for (step, policy) in &plan.policies {
            applied.policies.note(*step, &policy.id);
        }
        for (step, set, _) in &plan.sets {
            applied.sets.note(*step, &set.id);
        }
        applied
    }
}

impl Changes {
    fn note(&mut self, step: Step, id: &str) {
        let list = match step {
            Step::Create => &mut self.created,
            Step::Update => &mut self.updated,
            Step::Leave => &mut self.unchanged,
        };
        list.push(id.to_owned());
    }
}
