use codepiper_model::Timestamp;
use codepiper_store::workflows::{self as stored, StoredWorkflow};
use codepiper_store::{Connection, Transaction};
use codepiper_workflow::{PlannedList, Problem, Workflow, plan};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{WorkflowExecutor, read_source};
use crate::EngineError;

/// The longest id.
const ID_MAX: usize = 100;

/// Ids that are paths of their own.
const TAKEN: [&str; 6] = [
    "executions",
    "plan",
    "questions",
    "schema",
    "templates",
    "validate",
];

/// A workflow to keep.
#[derive(Clone, Debug)]
pub struct NewWorkflow {
    /// Its id; one is made of its name when there is none.
    pub id: Option<String>,
    /// What people call it; what its definition says when there is none.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its definition: YAML or JSON.
    pub source: String,
}

/// A workflow as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Workflow)]
pub struct WorkflowView {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it says.
    pub definition: Value,
    /// As its author wrote it: YAML or JSON.
    pub source: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl WorkflowExecutor {
    /// Every workflow, the newest first.
    pub async fn list(&self) -> Result<Vec<WorkflowView>, EngineError> {
        let found = self.parts.store.read(stored::all).await?;
        Ok(found.into_iter().map(view).collect())
    }

    /// One workflow.
    pub async fn get(&self, id: &str) -> Result<WorkflowView, EngineError> {
        self.stored(id).await.map(view)
    }

    pub(super) async fn stored(&self, id: &str) -> Result<StoredWorkflow, EngineError> {
        let wanted = id.to_owned();
        let read = move |db: &Connection| stored::get(db, &wanted);
        let found = self.parts.store.read(read).await?;
        found.ok_or_else(|| no_workflow(id))
    }

    /// Keeps a workflow, once everything about it is right.
    pub async fn create(&self, new: NewWorkflow) -> Result<WorkflowView, EngineError> {
        let (_, workflow) = checked(&new)?;
        let now = self.parts.clock.now();
        let id = match new.id {
            Some(id) => id,
            None => self.free_id(&workflow.name).await?,
        };
        check_id(&id)?;
        let row = StoredWorkflow {
            id: id.clone(),
            name: new.name.unwrap_or(workflow.name),
            description: new.description.or(workflow.description),
            source: new.source,
            created_at: now,
            updated_at: now,
        };
        let kept = row.clone();
        let insert = move |tx: &Transaction<'_>| stored::insert(tx, &kept);
        if !self.parts.store.write(insert).await? {
            let message = format!("there is a workflow `{id}` already");
            let hint = "give another id, or change that one with `codepiper workflow update`";
            return Err(EngineError::conflict_with_hint(
                "workflow_exists",
                message,
                hint,
            ));
        }
        Ok(view(row))
    }

    /// Changes a workflow; executions that are under way go on with what they began with.
    pub async fn update(&self, id: &str, new: NewWorkflow) -> Result<WorkflowView, EngineError> {
        let (_, workflow) = checked(&new)?;
        let before = self.stored(id).await?;
        let row = StoredWorkflow {
            name: new.name.unwrap_or(workflow.name),
            description: new.description.or(workflow.description),
            source: new.source,
            updated_at: self.parts.clock.now(),
            ..before
        };
        let kept = row.clone();
        let update = move |tx: &Transaction<'_>| stored::update(tx, &kept);
        if !self.parts.store.write(update).await? {
            return Err(no_workflow(id));
        }
        Ok(view(row))
    }

    /// Removes a workflow with the executions it had; not while one is under way.
    pub async fn delete(&self, id: &str) -> Result<(), EngineError> {
        let wanted = id.to_owned();
        let delete = move |tx: &Transaction<'_>| {
            let running = stored::open_executions(tx)?;
            if let Some(running) = running.iter().find(|open| open.workflow_id == wanted) {
                return Ok(Err(running.id.clone()));
            }
            Ok(Ok(stored::delete(tx, &wanted)?))
        };
        match self.parts.store.write(delete).await? {
            Ok(true) => Ok(()),
            Ok(false) => Err(no_workflow(id)),
            Err(running) => {
                let message = format!("execution `{running}` of workflow `{id}` is under way");
                let hint = format!("end it first: `codepiper workflow cancel {running}`");
                Err(EngineError::conflict_with_hint(
                    "workflow_running",
                    message,
                    hint,
                ))
            }
        }
    }

    /// Everything that is wrong with a definition; nothing is kept.
    pub fn validate(&self, source: &str) -> Vec<Problem> {
        match codepiper_workflow::Source::text(source) {
            Err(problem) => vec![problem],
            Ok(source) => source.read().err().unwrap_or_default(),
        }
    }

    /// What a definition would do; nothing is kept.
    pub fn plan(&self, source: &str) -> Result<Vec<PlannedList>, EngineError> {
        let workflow = read_source(source)?.read();
        workflow
            .map(|workflow| plan(&workflow))
            .map_err(EngineError::InvalidWorkflow)
    }

    async fn free_id(&self, name: &str) -> Result<String, EngineError> {
        let letters = name.chars().map(|c| {
            let c = c.to_ascii_lowercase();
            if c.is_ascii_alphanumeric() { c } else { '-' }
        });
        let words: String = letters.collect();
        let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
        let base = words.join("-");
        let base = if base.is_empty() { "workflow" } else { &base };
        let taken = self.parts.store.read(stored::all).await?;
        let is_free = |id: &String| !taken.iter().any(|workflow| workflow.id == *id);
        let numbered = (2_u32..).map(|i| format!("{base}-{i}"));
        let mut candidates = std::iter::once(base.to_owned()).chain(numbered);
        Ok(candidates.find(is_free).unwrap_or_default())
    }
}

fn checked(new: &NewWorkflow) -> Result<(codepiper_workflow::Source, Workflow), EngineError> {
    let source = read_source(&new.source)?;
    let workflow = source.read().map_err(EngineError::InvalidWorkflow)?;
    Ok((source, workflow))
}

fn check_id(id: &str) -> Result<(), EngineError> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if id.is_empty() || id.len() > ID_MAX || !id.chars().all(is_word) || TAKEN.contains(&id) {
        let message = format!(
            "`id` is 1 to {ID_MAX} letters, digits, `-`, `_` and `.`, and none of {}",
            TAKEN.map(|id| format!("`{id}`")).join(", ")
        );
        return Err(EngineError::invalid("id", message));
    }
    Ok(())
}

fn view(stored: StoredWorkflow) -> WorkflowView {
    let definition = read_source(&stored.source);
    WorkflowView {
        definition: definition.map_or(Value::Null, |source| source.as_value().clone()),
        id: stored.id,
        name: stored.name,
        description: stored.description,
        source: stored.source,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
    }
}

fn no_workflow(id: &str) -> EngineError {
    EngineError::NotFound {
        code: "workflow_not_found",
        message: format!("there is no workflow `{id}`"),
    }
}
