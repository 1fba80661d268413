//! Commands that may stand among the words of another one. Only a `deny` or an `ask` looks at them,
//! so finding too much does no harm.

use super::wrapper::{self, Inner};
use super::{Command, Word, rough};

/// How many words may be the program.
const PROGRAMS_MAX: usize = 100;
/// How many words of such a command are looked at.
const WORDS_MAX: usize = 50;

const WHY: &str = "it may be no command at all";

/// The texts of every command that one of `words` may begin, or that stands in it.
pub(super) fn commands(words: &[Word]) -> Vec<String> {
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
    let texts = found
        .into_iter()
        .flat_map(|command| command.texts.into_iter().chain(command.guesses));
    texts.collect()
}
