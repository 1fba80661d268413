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
            path: shortened(path, 200),
            message: shortened(&message.into(), 400),
            line_and_column: place.map(|place| (place.line, place.column)),
            snippet: place.and_then(|place| snippet(text, place)),
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

fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The line of a place with a caret below it.
fn snippet(text: &str, place: Place) -> Option<String> {
    let line = text.lines().nth(place.line - 1)?;
    let at = place.column.saturating_sub(1);
    let from = at.saturating_sub(SHOWN);
    let shown: String = line
        .chars()
        .skip(from)
        .take(2 * SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let indent = " ".repeat(at - from);
    Some(format!(
        "{number} | {}\n{margin} | {indent}^",
        shown.trim_end()
    ))
}
