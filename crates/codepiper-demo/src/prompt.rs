//! The text in the prompt box, kept whole, and shown with long pastes summarised.
//! The cursor is always at its end.

use std::fmt::Write as _;

/// A paste of more lines or bytes is shown as a summary.
const SHOWN_LINES: usize = 8;
const SHOWN_BYTES: usize = 1000;

#[derive(Debug)]
enum Piece {
    Typed(String),
    /// A long paste: comes and goes as one.
    Pasted(String),
}

/// What was typed and pasted and not yet submitted.
#[derive(Debug, Default)]
pub(crate) struct Prompt {
    pieces: Vec<Piece>,
}

impl Prompt {
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(crate) fn push(&mut self, char: char) {
        self.append(char.encode_utf8(&mut [0; 4]));
    }

    pub(crate) fn paste(&mut self, text: String) {
        if text.len() > SHOWN_BYTES || text.split('\n').count() > SHOWN_LINES {
            self.pieces.push(Piece::Pasted(text));
        } else if !text.is_empty() {
            self.append(&text);
        }
    }

    /// Takes the last character away, or the whole of a long paste.
    pub(crate) fn backspace(&mut self) {
        match self.pieces.last_mut() {
            Some(Piece::Typed(text)) => {
                text.pop();
                if text.is_empty() {
                    self.pieces.pop();
                }
            }
            Some(Piece::Pasted(_)) => drop(self.pieces.pop()),
            None => {}
        }
    }

    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
    }

    /// Enter: the text and an empty box; nothing when there is nothing to say, or when a backslash
    /// at the end makes it a new line.
    pub(crate) fn submit(&mut self) -> Option<String> {
        if let Some(Piece::Typed(text) | Piece::Pasted(text)) = self.pieces.last_mut()
            && text.ends_with('\\')
        {
            text.pop();
            text.push('\n');
            return None;
        }
        let text: String = self.pieces.iter().map(Piece::text).collect();
        if text.trim().is_empty() {
            return None;
        }
        self.pieces.clear();
        Some(text)
    }

    /// What the box shows.
    pub(crate) fn shown(&self) -> String {
        let mut shown = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Typed(text) => shown.push_str(text),
                Piece::Pasted(text) => {
                    let (lines, bytes) = (text.split('\n').count(), text.len());
                    let ending = if lines == 1 { "" } else { "s" };
                    write!(shown, "[Pasted text, {lines} line{ending}, {bytes} bytes]").ok();
                }
            }
        }
        shown
    }

    fn append(&mut self, text: &str) {
        if let Some(Piece::Typed(typed)) = self.pieces.last_mut() {
            typed.push_str(text);
        } else {
            self.pieces.push(Piece::Typed(text.to_owned()));
        }
    }
}

impl Piece {
    fn text(&self) -> &str {
        match self {
            Self::Typed(text) | Self::Pasted(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(text: &str) -> Prompt {
        let mut prompt = Prompt::default();
        text.chars().for_each(|char| prompt.push(char));
        prompt
    }

    #[test]
    fn a_long_paste_is_summarised_and_kept_whole() {
        let pasted = "line\n".repeat(20);
        let mut prompt = prompt("see ");
        prompt.paste(pasted.clone());
        prompt.push('!');
        assert_eq!(prompt.shown(), "see [Pasted text, 21 lines, 100 bytes]!");
        assert_eq!(prompt.submit(), Some(format!("see {pasted}!")));
        assert!(prompt.is_empty());
    }

    #[test]
    fn a_short_paste_is_text() {
        let mut prompt = prompt("a");
        prompt.paste("b\nc".into());
        assert_eq!(prompt.shown(), "ab\nc");
    }

    #[test]
    fn backspace_takes_a_character_or_a_long_paste() {
        let mut prompt = prompt("é");
        prompt.paste("x".repeat(2000));
        prompt.backspace();
        assert_eq!(prompt.shown(), "é");
        prompt.backspace();
        prompt.backspace();
        assert!(prompt.is_empty());
    }

    #[test]
    fn a_backslash_makes_enter_a_new_line() {
        let mut prompt = prompt("one\\");
        assert_eq!(prompt.submit(), None);
        prompt.push('2');
        assert_eq!(prompt.submit().as_deref(), Some("one\n2"));
    }

    #[test]
    fn blank_prompts_are_not_submitted_and_spaces_are_kept() {
        assert_eq!(prompt(" \n ").submit(), None);
        assert_eq!(prompt(" a ").submit().as_deref(), Some(" a "));
    }
}
