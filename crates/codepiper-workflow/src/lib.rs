//! Workflows: from the text that somebody wrote to what is to be done next.
//!
//! Invariant: values in, values out. No file, no socket, no clock and no task: the same state and
//! the same news give the same next state, so a daemon that died goes on where it was.

mod check;
mod condition;
mod definition;
mod effect;
mod extract;
mod fields;
mod given;
mod ids;
mod input;
mod leaves;
mod limits;
mod machine;
mod plan;
mod problem;
mod read;
mod ready;
mod schema;
mod shell_lines;
mod state;
mod template;
mod tokens;

pub use condition::Condition;
pub use definition::{
    CommandStep, Input, InputKind, Item, Items, Kind, OnError, Retry, Run, SendStep, SessionStep,
    Step, Turn, Wait, WaitFor, Workflow,
};
pub use effect::{Command, Effect, Prompt, Start, StartWorktree};
pub use extract::Extract;
pub use given::given;
pub use input::{Answer, Further, Happened, Level, LogLine, Outcome, Output};
pub use machine::advance;
pub use plan::{PlannedList, PlannedStep, plan};
pub use problem::Problem;
pub use read::Source;
pub use ready::{ReadyWorkflow, templates};
pub use schema::SCHEMA;
pub use state::{ExecutionStatus, Failure, Held, Node, NodeStatus, Phase, State};
pub use template::{Lookup, Reference, Template, Unknown};
