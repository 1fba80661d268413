//! A line that cannot be parsed, taken apart wherever a shell might. A person or a `deny` decides
//! about it, so finding too much does no harm.

use super::{Command, Word};

/// The pieces between everything that separates commands, quotes and expansions left out.
pub(super) fn pieces(text: &str, doubt: &'static str) -> Vec<Command> {
    const PIECES_MAX: usize = 1000;
    let text = text.replace("\\\n", "");
    let separates = |c: char| ";|&\n\r(){}`".contains(c);
    let pieces = text.split(separates).take(PIECES_MAX);
    pieces
        .map(|piece| {
            let plain: String = piece.chars().filter(|c| !"'\"\\".contains(*c)).collect();
            let words = plain.split(|c: char| c.is_whitespace() || c.is_control());
            words
                .filter(|word| !word.is_empty())
                .skip_while(|word| is_keyword(word))
                .map(Word::computed)
                .collect::<Vec<_>>()
        })
        .filter(|words| !words.is_empty())
        .map(|words| Command::new(words, Some(doubt)))
        .collect()
}

/// Words after which another command begins.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "do" | "then" | "else" | "elif" | "if" | "while" | "until" | "!" | "time" | "coproc"
    )
}
