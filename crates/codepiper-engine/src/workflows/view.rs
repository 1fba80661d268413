use std::collections::HashMap;

use codepiper_model::{SessionId, Timestamp};
use codepiper_store::spending::Spent;
use codepiper_store::workflows::StoredExecution;
use codepiper_workflow::{ExecutionStatus, Failure, Node, NodeStatus, State, Workflow};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::asked::Questions;
use crate::dollars;

/// An execution as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkflowExecution)]
pub struct ExecutionView {
    /// Its id.
    pub id: String,
    /// Its workflow.
    pub workflow_id: String,
    /// How it stands.
    pub status: ExecutionStatus,
    /// Whether nothing new is begun.
    pub is_paused: bool,
    /// What it was given.
    pub variables: Map<String, Value>,
    /// What came of it.
    pub outputs: Map<String, Value>,
    /// The first thing that went wrong.
    pub error: Option<Failure>,
    /// How many of its steps wait for a person's yes.
    pub questions: usize,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was over.
    pub completed_at: Option<Timestamp>,
}

/// A step of an execution as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkflowStep)]
pub struct StepView {
    /// Its name with its rounds, such as `fix[2]`.
    pub id: String,
    /// The step of the workflow.
    pub step_name: String,
    /// What kind of step it is.
    pub step_type: &'static str,
    /// Which round of each loop around it, from 0, the outermost first.
    pub rounds: Vec<u32>,
    /// How many steps are around it.
    pub depth: usize,
    /// How it stands.
    pub status: NodeStatus,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// Its session.
    pub session_id: Option<SessionId>,
    /// What came of it.
    pub result: Map<String, Value>,
    /// Why it failed.
    pub error: Option<String>,
    /// What a person is asked before it goes on.
    pub question: Option<String>,
    /// What its session has cost from then to its end, in dollars; none where there is no price.
    pub cost: Option<f64>,
    /// When its latest attempt began.
    pub started_at: Timestamp,
    /// When it was over.
    pub completed_at: Option<Timestamp>,
}

/// What a step asks a person before it goes on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkflowQuestion)]
pub struct QuestionView {
    /// The execution.
    pub execution_id: String,
    /// Its workflow.
    pub workflow_id: String,
    /// What people call that.
    pub workflow_name: String,
    /// The step with its rounds.
    pub step: String,
    /// What is asked.
    pub message: String,
}

pub(super) fn execution(
    stored: &StoredExecution,
    state: &State,
    questions: Option<&Questions>,
) -> ExecutionView {
    ExecutionView {
        id: stored.id.clone(),
        workflow_id: stored.workflow_id.clone(),
        status: state.status,
        is_paused: state.is_paused,
        variables: state.inputs.clone(),
        outputs: state.outputs.clone(),
        error: state.error.clone(),
        questions: questions.map_or(0, Questions::count),
        started_at: state.started_at,
        completed_at: state.ended_at,
    }
}

/// The steps as one reads them: in the order of the workflow, the rounds of a loop one by one.
pub(super) fn steps(
    workflow: Option<&Workflow>,
    state: &State,
    questions: Option<&Questions>,
    spent: &HashMap<SessionId, Vec<Spent>>,
) -> Vec<StepView> {
    let places = workflow.map(places).unwrap_or_default();
    let mut nodes: Vec<_> = state.nodes.iter().collect();
    nodes.sort_by_cached_key(|(_, node)| {
        let place = places.get(node.step.as_str())?;
        let mut rounds = node.rounds.iter();
        let around = place.around.iter().map(|(at, is_loop)| {
            let round = if *is_loop { rounds.next() } else { None };
            (*at, round.copied())
        });
        Some(around.collect::<Vec<_>>())
    });
    let shown = nodes.into_iter().map(|(key, node)| {
        let place = places.get(node.step.as_str());
        StepView {
            id: key.clone(),
            step_name: node.step.clone(),
            step_type: place.map_or("", |place| place.kind),
            rounds: node.rounds.clone(),
            depth: place.map_or(0, |place| place.around.len() - 1),
            status: node.status,
            attempt: node.attempt,
            session_id: node.session,
            result: node.result.clone(),
            error: node.error.clone(),
            question: questions.and_then(|questions| questions.of(key)),
            cost: cost_of(node, spent),
            started_at: node.started_at,
            completed_at: node.ended_at,
        }
    });
    shown.collect()
}

/// What a session has cost while a step had it.
fn cost_of(node: &Node, spent: &HashMap<SessionId, Vec<Spent>>) -> Option<f64> {
    let answers = spent.get(&node.session?)?.iter();
    let within = |at: Timestamp| at >= node.started_at && node.ended_at.is_none_or(|end| at <= end);
    let costs: Vec<Option<i64>> = answers
        .filter(|(at, _)| within(*at))
        .map(|(_, cost)| *cost)
        .collect();
    let cost = costs.iter().copied().sum::<Option<i64>>();
    cost.filter(|_| !costs.is_empty()).map(dollars)
}

/// Where a step stands in its workflow.
struct Place {
    kind: &'static str,
    /// The places of the steps around it and of itself, and whether they are loops.
    around: Vec<(usize, bool)>,
}

fn places(workflow: &Workflow) -> HashMap<&str, Place> {
    let mut places: HashMap<&str, Place> = HashMap::new();
    workflow.walk(&mut |step, around| {
        let outer = around
            .last()
            .and_then(|outer| places.get(outer.name.as_str()));
        let mut path = outer.map_or_else(Vec::new, |outer| outer.around.clone());
        path.push((places.len(), step.is_loop()));
        let kind = step.kind_name();
        places.insert(&step.name, Place { kind, around: path });
    });
    places
}
