use std::cell::RefCell;
use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong with a definition, and with which part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// The part, such as `steps[0].wait`; empty for the whole.
    pub path: String,
    /// The step it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub step_name: Option<String>,
    /// Its line, from 1, where the text is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub line: Option<usize>,
    /// Its column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub column: Option<usize>,
    /// Its line with a caret below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub snippet: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Where the problems of one definition are gathered: all of them, not only the first.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: RefCell<Vec<Found>>,
}

/// A problem before anybody knows in which line its part stands.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) message: String,
    /// Whether the key is what is wrong, and not what it says.
    pub(crate) is_key: bool,
}

/// The most problems that are worth telling at once.
const TOLD_MAX: usize = 50;

impl Problems {
    pub(crate) fn add(&self, path: &str, message: impl Into<String>) {
        self.push(path, message.into(), false);
    }

    pub(crate) fn add_at_key(&self, path: &str, message: impl Into<String>) {
        self.push(path, message.into(), true);
    }

    fn push(&self, path: &str, message: String, is_key: bool) {
        let mut found = self.found.borrow_mut();
        if found.len() < TOLD_MAX {
            found.push(Found {
                path: path.to_owned(),
                message,
                is_key,
            });
        }
    }

    pub(crate) fn into_found(self) -> Vec<Found> {
        self.found.into_inner()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }
}
