//! A line that cannot be parsed, taken apart wherever a shell might. A person or a `deny` decides
//! about it, so finding too much does no harm.

use super::variables::Variables;
use super::word::{Certainty, decode};
use super::{Command, Redirect, Word};

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
                .map(word)
                .collect::<Vec<_>>()
        })
        .filter(|words| !words.is_empty())
        .map(|words| Command::new(words, Some(doubt)))
        .collect()
}

/// The files that a shell might open for a redirection.
pub(super) fn files(text: &str) -> Vec<Command> {
    let is_sign = |c: char| "<>&|".contains(c);
    let signs = text.match_indices(['<', '>']);
    let targets = signs.filter_map(|(at, sign)| {
        let rest = &text[at + 1..];
        if rest.starts_with(['<', '>']) {
            return None;
        }
        let rest = rest.trim_start_matches(is_sign).trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let target = match quote {
            Some(quote) => rest[1..].split(quote).next(),
            None => rest
                .split(|c: char| c.is_whitespace() || ";|&<>(){}`".contains(c))
                .next(),
        };
        let target = target.filter(|text| !text.bytes().all(|b| b.is_ascii_digit()))?;
        let redirect = match sign {
            "<" => Redirect::Read,
            _ => Redirect::Write,
        };
        Some(Command::redirection(redirect, word(target)))
    });
    targets.collect()
}

/// A word that may stand there. Where it leads is for those rules that deny; what could nest without
/// end is not followed.
fn word(text: &str) -> Word {
    const PATH_MAX: usize = 4096;
    if text.len() > PATH_MAX || text.contains(['$', '`']) {
        return Word::computed(text);
    }
    Word {
        text: text.to_owned(),
        certainty: Certainty::Computed,
        ..decode(text, &Variables::new(), &mut |_| false)
    }
}

/// Words after which another command begins.
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "do" | "then" | "else" | "elif" | "if" | "while" | "until" | "!" | "time" | "coproc"
    )
}
