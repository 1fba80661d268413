//! What an execution is told.

use std::collections::BTreeMap;

use codepiper_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Something that has happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// It begins, or time has passed.
    Time,
    /// What was asked for is done.
    Done {
        /// The name of what was asked for.
        effect: String,
        /// What came of it, or why it could not be done.
        outcome: Result<Outcome, String>,
    },
    /// Somebody ends it.
    Cancel,
    /// Nothing new is to begin.
    Pause,
    /// It goes on.
    Resume,
    /// What failed is tried once more.
    Retry,
}

/// What came of something that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done, and that is all.
    Done,
    /// A session is there.
    Started {
        /// Where.
        cwd: String,
    },
    /// An agent has answered.
    Answered(Answer),
    /// A program has run.
    Ran(Output),
    /// A person has said yes or no.
    Said {
        /// Whether it is a yes.
        yes: bool,
        /// Who said so.
        by: String,
        /// What else was said.
        note: Option<String>,
    },
}

/// What an agent has answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The last thing it said.
    pub reply: String,
    /// Everything it said in the turn, where that is known.
    pub said: String,
    /// What ended the wait, where it was not the turn.
    pub ended_by: Option<String>,
    /// What else was wanted.
    pub further: Further,
}

/// What a program has written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Its exit code; none where a signal ended it.
    pub exit_code: Option<i32>,
    /// The end of what it wrote.
    pub stdout: String,
    /// The end of what it wrote about errors.
    pub stderr: String,
    /// What else was wanted.
    pub further: Further,
}

/// What was wanted besides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Further {
    /// Contents of files, by path; none where it cannot be read.
    pub files: BTreeMap<String, Option<String>>,
    /// What changed in the repository.
    pub diff_stat: Option<Value>,
    /// What the session has cost, in dollars.
    pub cost: Option<f64>,
}

/// A line of an execution's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When.
    pub timestamp: Timestamp,
    /// The step, with its round.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub step: Option<String>,
    /// How much it matters.
    pub level: Level,
    /// What happened.
    pub message: String,
}

/// How much a line of a log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It went on.
    Info,
    /// It was said by the workflow itself.
    Log,
    /// Something went wrong and is tried again or passed over.
    Warning,
    /// Something went wrong.
    Error,
}
