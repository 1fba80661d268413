//! What a command writes, where that stands in the line: a shell may read it.

use super::Word;
use super::command::base;
use super::script::Cursor;

/// The longest text that is followed through a pipe.
const BYTES_MAX: usize = 64 * 1024;

/// The text that `words` write, in every way that it may be meant, one below the other. Nobody
/// allows what is read from a pipe, so finding too much does no harm.
pub(super) fn by(words: &[Word], input: Option<&str>) -> Option<String> {
    let (program, arguments) = words.split_first()?;
    let texts: Vec<&str> = arguments
        .iter()
        .map(|word| word.guess.as_str())
        .skip_while(|word| word.starts_with('-'))
        .collect();
    let said = match base(&program.text) {
        "echo" | "print" => {
            let line = texts.join(" ");
            let unescaped = without_escapes(&line);
            if unescaped == line {
                line
            } else {
                format!("{line}\n{unescaped}")
            }
        }
        "printf" => printed(&texts),
        // Whatever stands between may let it pass.
        _ => input?.to_owned(),
    };
    (said.len() <= BYTES_MAX).then_some(said)
}

/// A format with its values put in, as often as there are any.
fn printed(texts: &[&str]) -> String {
    let Some((format, values)) = texts.split_first() else {
        return String::new();
    };
    let format = without_escapes(format);
    let mut values = values.iter();
    let mut said = String::new();
    loop {
        let left = values.len();
        let mut rest = format.chars();
        while let Some(c) = rest.next() {
            if c != '%' {
                said.push(c);
            } else if let Some(kind) = rest.find(char::is_ascii_alphabetic) {
                let value = values.next().map_or("", |value| *value);
                if kind == 'b' {
                    said.push_str(&without_escapes(value));
                } else {
                    said.push_str(value);
                }
            }
        }
        if values.len() == left || values.len() == 0 || said.len() > BYTES_MAX {
            return said;
        }
    }
}

fn without_escapes(text: &str) -> String {
    let mut rest = Cursor::new(text);
    let mut plain = String::new();
    while let Some(c) = rest.next() {
        if c == '\\' {
            plain.extend(rest.ansi_escape());
        } else {
            plain.push(c);
        }
    }
    plain
}
