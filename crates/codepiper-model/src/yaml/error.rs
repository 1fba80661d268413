use std::fmt;

use super::Place;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// The part, such as `rules[0].command`; empty for the text as a whole.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
    /// Its line and its column, both from 1, where it has a place.
    pub line_and_column: Option<(usize, usize)>,
    /// Its line with a caret below it, each line with the number before it.
    pub snippet: Option<String>,
}

/// The most characters of a line that are shown on either side of the caret.
const SHOWN: usize = 60;

impl YamlError {
    pub(super) fn nowhere(message: String) -> Self {
        Self {
            path: String::new(),
            message,
            line_and_column: None,
            snippet: None,
        }
    }

    pub(super) fn new(
        path: &str,
        message: impl Into<String>,
        place: Option<Place>,
        text: &str,
    ) -> Self {
        let place = place.filter(|place| place.line > 0);
        Self {
            path: shown(path, 200),
            message: shown(&message.into(), 400),
            line_and_column: place.map(|place| (place.line, place.column)),
            snippet: place.map(|place| snippet(text, place)),
        }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.line_and_column {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for YamlError {}

/// A text of the file's, of which nobody knows who wrote it, for somebody's terminal.
fn shown(text: &str, max: usize) -> String {
    let harmless = |c: char| if c.is_control() { ' ' } else { c };
    let mut shown: String = text.chars().take(max).map(harmless).collect();
    if text.chars().nth(max).is_some() {
        shown.push('…');
    }
    shown
}

/// The line of a place with a caret below it; what is wrong may be that the text ends there.
fn snippet(text: &str, place: Place) -> String {
    let line = text.lines().nth(place.line - 1).unwrap_or_default();
    let at = place.column.saturating_sub(1);
    let from = at.saturating_sub(SHOWN);
    let part: String = line.chars().skip(from).collect();
    let part = shown(&part, 2 * SHOWN);
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let indent = " ".repeat(at - from);
    format!("{number} | {}\n{margin} | {indent}^", part.trim_end())
}
