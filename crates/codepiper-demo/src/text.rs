//! Measuring, cleaning, wrapping and clipping of text. One character is counted at a time, as tmux
//! counts, so that what we think is one row is one row there.

use unicode_width::UnicodeWidthChar as _;

/// Columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(char: char) -> usize {
    char.width().unwrap_or(0)
}

/// Control characters made visible, so that nothing that is quoted can drive the terminal.
pub(crate) fn visible(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\t' => clean.push_str("    "),
            '\n' => clean.push('\n'),
            '\0'..='\x1f' => clean.extend(char::from_u32(0x2400 + u32::from(char))),
            '\x7f' => clean.push('␡'),
            '\u{80}'..='\u{9f}' => clean.push(char::REPLACEMENT_CHARACTER),
            _ => clean.push(char),
        }
    }
    clean
}

/// A command's output as lines for the eye: colours and other sequences dropped, of a progress
/// line only its last state.
pub(crate) fn plain(output: &str) -> Vec<String> {
    let mut clean = String::with_capacity(output.len());
    let mut chars = output.chars();
    while let Some(char) = chars.next() {
        if char != '\x1b' {
            clean.push(char);
            continue;
        }
        match chars.next() {
            Some('[') => drop(chars.find(|c| ('\x40'..='\x7e').contains(c))),
            Some(']') => drop(chars.find(|&c| c == '\x07' || c == '\\')),
            _ => {}
        }
    }
    let last_state = |line: &str| {
        let line = line.trim_end_matches('\r');
        visible(line.rsplit('\r').next().unwrap_or(line))
            .trim_end()
            .to_owned()
    };
    clean.trim_end().lines().map(last_state).collect()
}

/// One line broken between words into rows of at most `cols`; a word that is longer is cut.
pub(crate) fn wrap(line: &str, cols: usize) -> Vec<String> {
    let mut rows = Vec::new();
    let mut rest = line;
    loop {
        let cut = prefix(rest, cols);
        if cut == rest.len() {
            rows.push(rest.to_owned());
            return rows;
        }
        let word = match rest[..cut].rfind(' ') {
            _ if rest[cut..].starts_with(' ') => cut,
            Some(space) if !rest[..space].trim().is_empty() => space,
            _ => cut,
        };
        rows.push(rest[..word].trim_end().to_owned());
        rest = if word == cut {
            &rest[cut..]
        } else {
            &rest[word + 1..]
        };
        rest = if rest.starts_with(' ') {
            rest.trim_start()
        } else {
            rest
        };
    }
}

/// A text broken at its line ends and then anywhere, as an input box does.
pub(crate) fn fold(text: &str, cols: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for mut line in text.split('\n') {
        loop {
            let cut = prefix(line, cols);
            rows.push(line[..cut].to_owned());
            line = &line[cut..];
            if line.is_empty() {
                break;
            }
        }
    }
    rows
}

/// At most `cols` columns; what is cut off is marked by an ellipsis.
pub(crate) fn clip(text: &str, cols: usize) -> String {
    if width(text) <= cols {
        return text.to_owned();
    }
    let Some(room) = cols.checked_sub(1) else {
        return String::new();
    };
    let mut used = 0;
    let fits = |char: &char| {
        used += columns(*char);
        used <= room
    };
    let mut clipped: String = text.chars().take_while(fits).collect();
    clipped.push('…');
    clipped
}

/// The length in bytes of the longest beginning within `cols`, at least one character.
fn prefix(text: &str, cols: usize) -> usize {
    let mut used = 0;
    for (at, char) in text.char_indices() {
        used += columns(char);
        if used > cols && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wrapping_breaks_between_words() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("one two", 7), ["one two"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("  indented text", 10), ["  indented", "text"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("漢字漢字", 5), ["漢字", "漢字"]);
    }

    #[test]
    fn folding_keeps_every_character() {
        assert_eq!(fold("ab cd\n\nx", 3), ["ab ", "cd", "", "x"]);
    }

    #[test]
    fn clipping_marks_the_cut() {
        assert_eq!(clip("hello", 5), "hello");
        assert_eq!(clip("hello", 4), "hel…");
        assert_eq!(clip("漢字", 3), "漢…");
        assert_eq!(clip("x", 0), "");
    }

    #[test]
    fn output_is_cleaned_for_the_eye() {
        let output = "\x1b[31mred\x1b[0m\r\n\x1b]0;t\x07 10%\r 100%\na\tb\x08\n\n";
        assert_eq!(plain(output), ["red", " 100%", "a    b␈"]);
    }

    proptest! {
        #[test]
        fn rows_stay_within_their_columns(text in "\\PC{0,80}", cols in 2_usize..30) {
            for row in wrap(&text, cols).iter().chain(&fold(&text, cols)) {
                prop_assert!(width(row) <= cols, "{row:?}");
            }
            prop_assert!(width(&clip(&text, cols)) <= cols);
        }
    }
}
