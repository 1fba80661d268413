use std::fmt;
use std::path::{Path, PathBuf};

/// Why a person's own list of prices is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricesProblem {
    /// The file.
    pub path: PathBuf,
    /// The line at which it cannot be read on, from 1; none where that is true of all of it.
    pub line: Option<usize>,
    /// What is wrong there.
    pub what: String,
}

impl PricesProblem {
    pub(super) fn new(path: &Path, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            what: what.into(),
        }
    }

    /// At that byte of that text.
    pub(super) fn at(self, text: &[u8], byte: usize) -> Self {
        let before = text.iter().take(byte);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        Self {
            line: Some(line),
            ..self
        }
    }
}

impl fmt::Display for PricesProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.what)
    }
}
