//! How far an execution has come: values that a database keeps and a later daemon goes on from.

use std::collections::BTreeMap;
use std::fmt;

use codepiper_model::{SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::effect::Effect;

/// An execution of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The execution's name.
    pub execution: String,
    /// What it was given.
    pub inputs: Map<String, Value>,
    /// How it stands.
    pub status: ExecutionStatus,
    /// Which part of the workflow it is in.
    pub phase: Phase,
    /// Whether nothing new is begun.
    pub is_paused: bool,
    /// Whether somebody has ended it.
    pub is_cancelled: bool,
    /// Its steps, as far as they have begun, by name and round.
    pub nodes: BTreeMap<String, Node>,
    /// The sessions that it has started and that still run.
    pub sessions: BTreeMap<String, Held>,
    /// The first thing that went wrong.
    pub error: Option<Failure>,
    /// What came of it.
    pub outputs: Map<String, Value>,
    /// How many sessions it has taken.
    pub holds: u32,
    /// How often it was tried again as a whole.
    pub retries: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// When the phase has to be over.
    pub deadline: Option<Timestamp>,
}

/// How an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// It has not begun.
    Pending,
    /// It is under way.
    Running,
    /// It has come to its end.
    Completed,
    /// Something went wrong.
    Failed,
    /// Somebody has ended it.
    Cancelled,
}

impl ExecutionStatus {
    /// Whether nothing happens any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A part of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its steps.
    Steps,
    /// What is done when they fail.
    OnError,
    /// What is done at the end.
    Finally,
    /// Its sessions are ended.
    Closing,
    /// Nothing is left to do.
    Over,
}

/// A step in one of its rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// The step.
    pub step: String,
    /// Which round of each loop around it, the outermost first.
    pub rounds: Vec<u32>,
    /// How it stands.
    pub status: NodeStatus,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// How many things were asked of the world for it.
    pub stage: u32,
    /// What the world is asked to do for it now.
    pub effect: Option<Effect>,
    /// Its session.
    pub session: Option<SessionId>,
    /// Where its session was started.
    #[serde(default)]
    pub cwd: Option<String>,
    /// What came of it.
    pub result: Map<String, Value>,
    /// Why it failed.
    pub error: Option<String>,
    /// The items of a loop over a list.
    pub items: Option<Vec<Value>>,
    /// The round that a loop until something holds is in.
    pub round: u32,
    /// The round at which its limit counts from.
    pub first_round: u32,
    /// Which way it went.
    pub branch: Option<bool>,
    /// Whether what is done about its failure has been done.
    pub is_handled: bool,
    /// When its current attempt began.
    pub started_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// When it has to be over.
    pub deadline: Option<Timestamp>,
    /// What it has to be over by then for.
    pub allowed: Option<u64>,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeStatus {
    /// It waits for its next attempt.
    Pending,
    /// It is under way.
    Running,
    /// It has come to its end.
    Completed,
    /// Something went wrong.
    Failed,
    /// It was ended with what is around it.
    Cancelled,
}

impl NodeStatus {
    /// Whether it is over.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A session that an execution has started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// The step that started it, with its round.
    pub node: String,
    /// Which taking it is, of all that the execution has taken.
    pub number: u32,
    /// Whether it stays when nobody needs it any more.
    pub keep: bool,
    /// Whether it is to be ended now.
    pub is_ending: bool,
}

/// What went wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    /// What.
    pub message: String,
    /// The step, with its round; none for the workflow as a whole.
    pub step: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "step `{step}`: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Held {
    /// The name of what ends it.
    fn end_name(&self, session: &str) -> String {
        format!("end {session} {}", self.number)
    }
}

impl State {
    /// An execution that has not begun.
    pub fn new(execution: &str, inputs: Map<String, Value>, now: Timestamp) -> Self {
        Self {
            execution: execution.to_owned(),
            inputs,
            status: ExecutionStatus::Pending,
            phase: Phase::Steps,
            is_paused: false,
            is_cancelled: false,
            nodes: BTreeMap::new(),
            sessions: BTreeMap::new(),
            error: None,
            outputs: Map::new(),
            holds: 0,
            retries: 0,
            started_at: now,
            ended_at: None,
            deadline: None,
        }
    }

    /// Everything that the world is asked to do at present, by name. What is no longer in it is to
    /// be let go of.
    pub fn outstanding(&self) -> BTreeMap<String, Effect> {
        let of_nodes = self.nodes.iter().filter_map(|(key, node)| {
            let effect = node.effect.clone()?;
            Some((self.effect_name(key, node), effect))
        });
        let ended = self.sessions.iter().filter(|(_, held)| held.is_ending);
        let ends = ended.filter_map(|(session, held)| {
            let name = held.end_name(session);
            let session = session.parse().ok()?;
            Some((name, Effect::End { session }))
        });
        of_nodes.chain(ends).collect()
    }

    /// The session that an effect of this name ends; none where it is not to be ended by it now.
    pub(crate) fn ended_by(&self, effect: &str) -> Option<String> {
        let mut ending = self.sessions.iter().filter(|(_, held)| held.is_ending);
        let (session, _) = ending.find(|(session, held)| held.end_name(session) == effect)?;
        Some(session.clone())
    }

    /// The name of what a step asks for now; it never comes again.
    pub(crate) fn effect_name(&self, key: &str, node: &Node) -> String {
        let (attempt, stage) = (node.attempt, node.stage);
        match self.retries {
            0 => format!("{key}#{attempt}.{stage}"),
            again => format!("{key}#{attempt}.{stage} again {again}"),
        }
    }

    /// Takes a session for a step; one that was ended before is then ended once more.
    pub(crate) fn hold(&mut self, session: SessionId, node: &str, keep: bool) {
        let held = self.sessions.get(&session.to_string());
        if held.is_some_and(|held| !held.is_ending) {
            return;
        }
        self.holds += 1;
        let held = Held {
            node: node.to_owned(),
            number: self.holds,
            keep,
            is_ending: false,
        };
        self.sessions.insert(session.to_string(), held);
    }

    /// When it has to be looked at again even if nothing happens.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let nodes = self.nodes.values().filter(|node| match node.status {
            NodeStatus::Running => true,
            NodeStatus::Pending => !self.is_paused,
            _ => false,
        });
        let nodes = nodes.filter_map(|node| node.deadline);
        nodes.chain(self.deadline).min()
    }
}

/// The name of a step in its round: `fix[2]`.
pub(crate) fn node_key(step: &str, rounds: &[u32]) -> String {
    use fmt::Write as _;
    let mut key = step.to_owned();
    for round in rounds {
        // Writing into a text does not fail.
        let _ = write!(key, "[{round}]");
    }
    key
}
