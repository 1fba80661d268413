//! Commands that may stand among the words of another one. Only a `deny` or an `ask` looks at them,
//! so finding too much does no harm.

use super::wrapper::{self, Inner};
use super::{Command, Word, rough};

/// How many words may be the program.
const PROGRAMS_MAX: usize = 100;
/// How many words of such a command are looked at.
const WORDS_MAX: usize = 50;

const WHY: &str = "it may be no command at all";

/// Every command that one of `words` may begin, or that stands in it.
pub(super) fn commands(words: &[Word]) -> Vec<Command> {
    let mut found = Vec::new();
    for at in 0..words.len().min(PROGRAMS_MAX) {
        let word = &words[at];
        // `--exec=rm` and `-crm x`
        let text = word.text.as_str();
        let value = text.split_once('=').map_or(text, |(_, value)| value);
        let is_option = text.starts_with('-') && value != text;
        if is_option || value.contains(char::is_whitespace) {
            found.extend(rough::pieces(value, WHY));
        }
        if text.starts_with('-') {
            continue;
        }
        let end = words.len().min(at + WORDS_MAX);
        let inner = wrapper::inner(&words[at..end], None);
        found.push(Command::new(words[at..end].to_vec(), Some(WHY)));
        for inner in inner {
            match inner {
                Inner::Argv(words) => found.push(Command::new(words, Some(WHY))),
                Inner::Script(line) => found.extend(rough::pieces(&line, WHY)),
                Inner::Unknown(_) | Inner::Guess(_) | Inner::Directory(_) => {}
            }
        }
    }
    found
}

/// Every command that stands in a text of another language, or among words that are told to run
/// something: `system("rm x")`, `exec=rm x`.
pub(super) fn in_text(text: &str) -> Vec<Command> {
    const BYTES_MAX: usize = 16 * 1024;
    if text.len() > BYTES_MAX {
        return Vec::new();
    }
    let ends = |c: char| "\"'`;|&\n\r(){}[]".contains(c);
    let mut found = Vec::new();
    for piece in text.split(ends) {
        let piece = piece.trim_start_matches(|c: char| !c.is_alphanumeric() && !"/.~$".contains(c));
        found.extend(rough::pieces(piece, WHY));
        let value = piece.rsplit_once(['=', ':', '!']).map(|(_, value)| value);
        found.extend(
            value
                .into_iter()
                .flat_map(|value| rough::pieces(value, WHY)),
        );
    }
    // `["rm", "x"]`, and what stands behind other words.
    let is_part = |c: char| c.is_alphanumeric() || "/._~$*?+-".contains(c);
    let words: Vec<Word> = text
        .split(|c| !is_part(c))
        .filter(|word| !word.is_empty())
        .take(PROGRAMS_MAX)
        .map(Word::literal)
        .collect();
    let begins = (0..words.len()).filter(|at| !words[*at].text.starts_with('-'));
    found.extend(begins.map(|at| {
        let end = words.len().min(at + WORDS_MAX);
        Command::new(words[at..end].to_vec(), Some(WHY))
    }));
    found
}
