//! Workflows, their executions and what those log. What a definition means is other crates'
//! business.

use codepiper_model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::StoreError;

/// A workflow as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWorkflow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// As its author wrote it.
    pub source: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An execution as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredExecution {
    /// Its id.
    pub id: String,
    /// Its workflow.
    pub workflow_id: String,
    /// The workflow as it was when it began.
    pub source: String,
    /// The word for how it stands.
    pub status: String,
    /// How far it has come, as JSON.
    pub state: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// A line of an execution's log as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLine {
    /// Its number; it only grows.
    pub id: i64,
    /// When.
    pub timestamp: Timestamp,
    /// The step.
    pub step: Option<String>,
    /// How much it matters.
    pub level: String,
    /// What happened.
    pub message: String,
}

/// Adds a workflow. `false` when there is one of that id.
pub fn insert(db: &Connection, workflow: &StoredWorkflow) -> Result<bool, StoreError> {
    let added = write(
        db,
        workflow,
        "INSERT INTO workflows (id, name, description, source, created_at, updated_at)
         VALUES (:id, :name, :description, :source, :created_at, :updated_at)
         ON CONFLICT (id) DO NOTHING",
    )?;
    Ok(added == 1)
}

/// Writes a workflow anew. `false` when there is none of that id.
pub fn update(db: &Connection, workflow: &StoredWorkflow) -> Result<bool, StoreError> {
    let changed = write(
        db,
        workflow,
        "UPDATE workflows SET name = :name, description = :description, source = :source,
             created_at = :created_at, updated_at = :updated_at
         WHERE id = :id",
    )?;
    Ok(changed == 1)
}

fn write(db: &Connection, workflow: &StoredWorkflow, sql: &str) -> Result<usize, StoreError> {
    let StoredWorkflow {
        id,
        name,
        description,
        source,
        created_at,
        updated_at,
    } = workflow;
    Ok(db.prepare_cached(sql)?.execute(named_params! {
        ":id": id, ":name": name, ":description": description, ":source": source,
        ":created_at": created_at.as_millis(), ":updated_at": updated_at.as_millis(),
    })?)
}

/// Removes a workflow with its executions. `false` when there is none of that id.
pub fn delete(db: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(db.execute("DELETE FROM workflows WHERE id = ?1", [id])? == 1)
}

/// One workflow.
pub fn get(db: &Connection, id: &str) -> Result<Option<StoredWorkflow>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM workflows WHERE id = ?1")?;
    Ok(statement.query_row([id], read).optional()?)
}

/// Every workflow, the newest first.
pub fn all(db: &Connection) -> Result<Vec<StoredWorkflow>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM workflows ORDER BY created_at DESC, id")?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Adds an execution, or writes it anew, with what it has logged since.
pub fn save(
    db: &Connection,
    execution: &StoredExecution,
    lines: &[StoredLine],
) -> Result<(), StoreError> {
    let StoredExecution {
        id,
        workflow_id,
        source,
        status,
        state,
        started_at,
        ended_at,
    } = execution;
    db.prepare_cached(
        "INSERT INTO workflow_executions
             (id, workflow_id, source, status, state, started_at, ended_at)
         VALUES (:id, :workflow_id, :source, :status, :state, :started_at, :ended_at)
         ON CONFLICT (id) DO UPDATE SET status = :status, state = :state, ended_at = :ended_at",
    )?
    .execute(named_params! {
        ":id": id, ":workflow_id": workflow_id, ":source": source, ":status": status,
        ":state": state, ":started_at": started_at.as_millis(),
        ":ended_at": ended_at.map(Timestamp::as_millis),
    })?;
    let mut statement = db.prepare_cached(
        "INSERT INTO workflow_log (execution_id, timestamp, step, level, message)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for line in lines {
        let at = line.timestamp.as_millis();
        statement.execute((id, at, &line.step, &line.level, &line.message))?;
    }
    Ok(())
}

/// One execution.
pub fn execution(db: &Connection, id: &str) -> Result<Option<StoredExecution>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM workflow_executions WHERE id = ?1")?;
    Ok(statement.query_row([id], read_execution).optional()?)
}

/// Executions, the latest first: those of a workflow, or of all.
pub fn executions(
    db: &Connection,
    workflow: Option<&str>,
    status: Option<&str>,
    limit: usize,
) -> Result<Vec<StoredExecution>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM workflow_executions
         WHERE (?1 IS NULL OR workflow_id = ?1) AND (?2 IS NULL OR status = ?2)
         ORDER BY started_at DESC, id LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map((workflow, status, limit), read_execution)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The executions that are not over.
pub fn open_executions(db: &Connection) -> Result<Vec<StoredExecution>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM workflow_executions WHERE ended_at IS NULL")?;
    let rows = statement.query_map([], read_execution)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Lines of an execution's log after one, in order.
pub fn log(
    db: &Connection,
    execution: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<StoredLine>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, timestamp, step, level, message FROM workflow_log
         WHERE execution_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map((execution, after, limit), |row| {
        Ok(StoredLine {
            id: row.get("id")?,
            timestamp: Timestamp::from_millis(row.get("timestamp")?),
            step: row.get("step")?,
            level: row.get("level")?,
            message: row.get("message")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredWorkflow> {
    Ok(StoredWorkflow {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        source: row.get("source")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}

fn read_execution(row: &Row<'_>) -> rusqlite::Result<StoredExecution> {
    let ended_at: Option<i64> = row.get("ended_at")?;
    Ok(StoredExecution {
        id: row.get("id")?,
        workflow_id: row.get("workflow_id")?,
        source: row.get("source")?,
        status: row.get("status")?,
        state: row.get("state")?,
        started_at: Timestamp::from_millis(row.get("started_at")?),
        ended_at: ended_at.map(Timestamp::from_millis),
    })
}
