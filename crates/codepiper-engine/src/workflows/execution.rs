use std::collections::HashMap;

use codepiper_model::{Actor, SessionId};
use codepiper_store::Connection;
use codepiper_store::spending::{self, Spent};
use codepiper_store::workflows::{self as stored, StoredExecution, StoredLine};
use codepiper_workflow::{ExecutionStatus, Happened, Outcome, State, given};
use serde_json::{Map, Value};

use super::view::{self, ExecutionView, QuestionView, StepView};
use super::{WorkflowExecutor, read_source, read_state};
use crate::EngineError;

/// What an execution is begun with.
#[derive(Clone, Debug)]
pub struct Execute {
    /// The values of its inputs.
    pub variables: Map<String, Value>,
    /// The agent that takes the place of every other: a rehearsal.
    pub provider: Option<String>,
    /// Who begins it.
    pub by: Actor,
}

/// What a person says to a step.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Whether it is a yes.
    pub yes: bool,
    /// Who says so.
    pub by: String,
    /// What else is said.
    pub note: Option<String>,
}

impl WorkflowExecutor {
    /// Begins an execution; its id.
    pub async fn execute(&self, workflow: &str, with: Execute) -> Result<String, EngineError> {
        let kept = self.stored(workflow).await?;
        let text = match &with.provider {
            None => kept.source,
            Some(provider) => rehearsed(&kept.source, provider)?,
        };
        let source = read_source(&text)?;
        let definition = source.read().map_err(EngineError::InvalidWorkflow)?;
        let inputs = given(&definition, with.variables)
            .map_err(|wrong| EngineError::invalid("variables", wrong.join("; ")))?;
        let id = SessionId::random().to_string();
        let state = State::new(&id, inputs, self.parts.clock.now());
        let row = StoredExecution {
            id: id.clone(),
            workflow_id: workflow.to_owned(),
            source: text,
            status: state.status.as_str().to_owned(),
            state: serde_json::to_string(&state).map_err(EngineError::internal)?,
            started_at: state.started_at,
            ended_at: None,
        };
        let first = row.clone();
        let save = move |tx: &codepiper_store::Transaction<'_>| stored::save(tx, &first, &[]);
        self.note_begun(workflow, &id, with.by).await?;
        self.parts.store.write(save).await?;
        self.follow(row, &source, state)?;
        Ok(id)
    }

    /// Executions, the latest first: those of a workflow, or of all.
    pub async fn executions(
        &self,
        workflow: Option<String>,
        status: Option<ExecutionStatus>,
        limit: usize,
    ) -> Result<Vec<ExecutionView>, EngineError> {
        if let Some(id) = &workflow {
            self.stored(id).await?;
        }
        let read = move |db: &Connection| {
            let status = status.map(ExecutionStatus::as_str);
            stored::executions(db, workflow.as_deref(), status, limit)
        };
        let found = self.parts.store.read(read).await?;
        let shown = found.iter().filter_map(|row| {
            let (_, state) = read_state(row).ok()?;
            let running = self.running().get(&row.id).cloned();
            let questions = running.as_ref().map(|running| &running.questions);
            Some(view::execution(row, &state, questions))
        });
        Ok(shown.collect())
    }

    /// One execution with its steps.
    pub async fn execution(&self, id: &str) -> Result<(ExecutionView, Vec<StepView>), EngineError> {
        let row = self.row(id).await?;
        let (source, state) = read_state(&row)?;
        let workflow = source.read().ok();
        let running = self.running().get(id).cloned();
        let questions = running.as_ref().map(|running| &running.questions);
        let spent = self.spent(&state).await?;
        Ok((
            view::execution(&row, &state, questions),
            view::steps(workflow.as_ref(), &state, questions, &spent),
        ))
    }

    /// What the sessions of an execution have spent.
    async fn spent(&self, state: &State) -> Result<HashMap<SessionId, Vec<Spent>>, EngineError> {
        let sessions = state.nodes.values().filter_map(|node| node.session);
        let sessions: Vec<SessionId> = sessions.collect();
        if sessions.is_empty() {
            return Ok(HashMap::new());
        }
        let end = state.ended_at.unwrap_or_else(|| self.parts.clock.now());
        let time = (state.started_at, end);
        let read = move |db: &Connection| spending::between(db, &sessions, time);
        Ok(self.parts.store.read(read).await?)
    }

    /// Lines of an execution's log after one, in order.
    pub async fn log(
        &self,
        id: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<StoredLine>, EngineError> {
        self.row(id).await?;
        let wanted = id.to_owned();
        let read = move |db: &Connection| stored::log(db, &wanted, after, limit);
        Ok(self.parts.store.read(read).await?)
    }

    /// Ends an execution: what runs is ended, what is to be done at the end is done.
    pub async fn cancel(&self, id: &str) -> Result<(), EngineError> {
        self.tell(id, Happened::Cancel).await
    }

    /// Begins nothing new until it is resumed.
    pub async fn pause(&self, id: &str) -> Result<(), EngineError> {
        self.tell(id, Happened::Pause).await
    }

    /// Goes on.
    pub async fn resume(&self, id: &str) -> Result<(), EngineError> {
        self.tell(id, Happened::Resume).await
    }

    /// Tries once more what failed.
    pub async fn retry(&self, id: &str) -> Result<(), EngineError> {
        let row = self.row(id).await?;
        let (source, mut state) = read_state(&row)?;
        let may = matches!(
            state.status,
            ExecutionStatus::Failed | ExecutionStatus::Cancelled
        );
        if !may || self.running().contains_key(id) {
            let status = state.status.as_str();
            let message = format!("execution `{id}` is {status}: only what failed is tried again");
            return Err(EngineError::conflict("execution_not_failed", message));
        }
        let workflow = source.read().map_err(EngineError::InvalidWorkflow)?;
        let now = self.parts.clock.now();
        let lines = codepiper_workflow::advance(&workflow, &mut state, Happened::Retry, now);
        let row = self.save(row, &state, &lines, None).await?;
        self.follow(row, &source, state)
    }

    /// Everything that waits for a person now.
    pub async fn questions(&self) -> Result<Vec<QuestionView>, EngineError> {
        let asked: Vec<_> = {
            let running = self.running();
            let all = running.iter();
            all.map(|(id, running)| (id.clone(), running.questions.all()))
                .filter(|(_, questions)| !questions.is_empty())
                .collect()
        };
        let mut found = Vec::new();
        for (id, questions) in asked {
            // Its workflow cannot be removed before it is over.
            let row = self.row(&id).await?;
            let workflow = self.stored(&row.workflow_id).await?;
            let shown = questions.into_iter().map(|(step, message)| QuestionView {
                execution_id: id.clone(),
                workflow_id: workflow.id.clone(),
                workflow_name: workflow.name.clone(),
                step,
                message,
            });
            found.extend(shown);
        }
        Ok(found)
    }

    /// Answers what a step asks.
    pub async fn answer(&self, id: &str, step: &str, answer: Answered) -> Result<(), EngineError> {
        self.row(id).await?;
        let running = self.running().get(id).cloned();
        let asked = running
            .as_ref()
            .and_then(|running| running.questions.of(step));
        if let Some(question) = asked {
            self.note_answer(id, step, &question, &answer).await?;
        }
        let said = Outcome::Said {
            yes: answer.yes,
            by: answer.by,
            note: answer.note,
        };
        if running.is_some_and(|running| running.questions.answer(step, said)) {
            return Ok(());
        }
        let message = format!("step `{step}` of execution `{id}` asks nothing");
        Err(EngineError::conflict("nothing_asked", message))
    }

    async fn tell(&self, id: &str, happened: Happened) -> Result<(), EngineError> {
        let row = self.row(id).await?;
        let running = self.running().get(id).cloned();
        let told = match running {
            Some(running) => running.inbox.send(happened).await.is_ok(),
            None => false,
        };
        if told {
            return Ok(());
        }
        let message = format!("execution `{id}` is {}", row.status);
        Err(EngineError::conflict("execution_over", message))
    }

    async fn row(&self, id: &str) -> Result<StoredExecution, EngineError> {
        let wanted = id.to_owned();
        let read = move |db: &Connection| stored::execution(db, &wanted);
        let found = self.parts.store.read(read).await?;
        found.ok_or_else(|| EngineError::NotFound {
            code: "execution_not_found",
            message: format!("there is no execution `{id}`"),
        })
    }
}

/// The same workflow with one agent in every role.
fn rehearsed(text: &str, provider: &str) -> Result<String, EngineError> {
    let mut value = read_source(text)?.as_value().clone();
    replace(&mut value, provider);
    Ok(value.to_string())
}

fn replace(value: &mut Value, provider: &str) {
    match value {
        Value::Object(fields) => {
            if fields.get("type").is_some_and(|kind| kind == "session") {
                fields.insert("provider".to_owned(), provider.into());
                // What one agent is given as arguments and models says nothing to another.
                fields.remove("model");
                fields.remove("args");
            }
            fields
                .values_mut()
                .for_each(|value| replace(value, provider));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, provider)),
        _ => {}
    }
}
