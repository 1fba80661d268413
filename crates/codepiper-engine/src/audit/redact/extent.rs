//! How far a value reaches that begins somewhere in a text.

use std::ops::Range;

/// Keeps track of the quotes of a line while a text is read from its beginning on.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    at: usize,
    open: Option<char>,
}

impl Quotes {
    /// The quote inside which this place stands, as far as its line tells.
    pub(super) fn around(&mut self, text: &str, place: usize) -> Option<char> {
        let mut escaped = false;
        for c in text.get(self.at..place).unwrap_or_default().chars() {
            match c {
                '\n' => self.open = None,
                _ if escaped => {}
                '"' | '\'' if self.open.is_none() => self.open = Some(c),
                '"' | '\'' if self.open == Some(c) => self.open = None,
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
        self.at = self.at.max(place);
        self.open
    }
}

/// A value that is in quotes of its own: what stands between them, and what ends it. The quotes may
/// be escaped, as they are in JSON that is the text of a shell's command.
pub(super) fn quoted(text: &str, start: usize) -> Option<Range<usize>> {
    let value = text.get(start..)?;
    let escapes = value.bytes().take_while(|b| *b == b'\\').count();
    let quote = value.get(escapes..)?.chars().next()?;
    if !matches!(quote, '"' | '\'') {
        return None;
    }
    let start = start + escapes + 1;
    Some(start..closing(text, start, quote, escapes).unwrap_or_else(|| line_end(text, start)))
}

/// The end of a value that goes on to the end of the quotes around it, or of its line.
pub(super) fn rest(text: &str, start: usize, around: Option<char>) -> usize {
    around
        .and_then(|quote| closing(text, start, quote, 0))
        .unwrap_or_else(|| line_end(text, start))
}

/// The end of a value of one word. A comma is part of a word that goes on behind it.
pub(super) fn word(text: &str, start: usize) -> usize {
    let value = text.get(start..).unwrap_or_default();
    let mut chars = value.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '"' | '\'' | '&' | ';' => true,
            ',' => next.is_none_or(|next| next.is_whitespace() || matches!(next, '"' | '\'')),
            // The quote it escapes is the end.
            '\\' => matches!(next, Some('"' | '\'' | '\n')),
            _ => c.is_whitespace(),
        };
        if ends {
            return start + at;
        }
    }
    text.len()
}

/// Where the quote stands, with so many escapes before it, that ends what begins at `start`.
fn closing(text: &str, start: usize, quote: char, escapes: usize) -> Option<usize> {
    let mut run = 0;
    for (at, c) in text.get(start..)?.char_indices() {
        // No further: a quote that never ends must not be looked for again and again.
        if matches!(c, '\n' | '\r') {
            return None;
        }
        if c == quote && run == escapes {
            return Some(start + at - run);
        }
        run = match c {
            // Two of them are one that is escaped.
            '\\' if escapes == 0 => 1 - run,
            '\\' => run + 1,
            _ => 0,
        };
    }
    None
}

fn line_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + rest.find(['\n', '\r']).unwrap_or(rest.len())
}
