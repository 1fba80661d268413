//! Reading raw terminal input as the keys that it is, so that what Enter would submit is judged
//! whichever way somebody's terminal spells Enter.

/// One key, or a run of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// It is added to what stands in the prompt.
    Text(&'a str),
    /// A new line in the prompt.
    NewLine(&'a str),
    /// Backspace.
    Erase(&'a str),
    /// Everything back to the beginning of the line goes.
    Clear(&'a str),
    /// Enter.
    Submit(&'a str),
    /// It changes nothing that was typed: the terminal got or lost the focus.
    Report(&'a str),
    /// Any other key.
    Edit(&'a str),
}

impl<'a> Token<'a> {
    /// The bytes.
    pub(super) const fn raw(self) -> &'a str {
        match self {
            Self::Text(raw)
            | Self::NewLine(raw)
            | Self::Erase(raw)
            | Self::Clear(raw)
            | Self::Submit(raw)
            | Self::Report(raw)
            | Self::Edit(raw) => raw,
        }
    }
}

/// The longest escape sequence whose end is waited for.
const CUT_MAX: usize = 64;

/// The keys in `data`. `cut` is the beginning of an escape sequence that the data before ended with,
/// and takes that of these: a terminal's Esc key looks like one.
pub(super) fn tokens<'a>(data: &'a str, cut: &mut String) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    let mut rest = data;
    let before = std::mem::take(cut);
    if !before.is_empty() && !data.is_empty() {
        let joined = format!("{before}{data}");
        match tail_length(&joined[1..]) {
            Tail::Cut if joined.len() <= CUT_MAX => {
                *cut = joined;
                return vec![Token::Edit(data)];
            }
            Tail::Cut | Tail::Alone => {}
            Tail::Of(length) => {
                let (raw, behind) = rest.split_at(1 + length - before.len());
                tokens.push(match raw {
                    // Esc, and then Enter.
                    "\r" | "\n" => Token::Submit(raw),
                    _ => sequence(&joined[1..=length], raw),
                });
                rest = behind;
            }
        }
    }
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\x1b' => match tail_length(&rest[1..]) {
                Tail::Of(length) => 1 + length,
                Tail::Alone => 1,
                Tail::Cut => rest.len(),
            },
            c if c.is_control() => c.len_utf8(),
            _ => rest.find(char::is_control).unwrap_or(rest.len()),
        };
        let (raw, behind) = rest.split_at(length);
        tokens.push(match first {
            '\x1b' => sequence(&raw[1..], raw),
            '\r' | '\n' => Token::Submit(raw),
            '\x7f' | '\x08' => Token::Erase(raw),
            '\x15' => Token::Clear(raw),
            c if c.is_control() => Token::Edit(raw),
            _ => Token::Text(raw),
        });
        if behind.is_empty() && first == '\x1b' && tail_length(&raw[1..]) == Tail::Cut {
            raw.clone_into(cut);
        }
        rest = behind;
    }
    tokens
}

/// What stands behind an Esc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    /// So many bytes belong to it.
    Of(usize),
    /// It is another key.
    Alone,
    /// What belongs to it is not all there.
    Cut,
}

fn tail_length(tail: &str) -> Tail {
    let mut chars = tail.chars();
    let is_last = |c: char| ('@'..='~').contains(&c);
    match (chars.next(), chars.next()) {
        (None, _) | (Some('O'), None) => Tail::Cut,
        (Some('O'), Some(c)) => Tail::Of(1 + c.len_utf8()),
        (Some('['), _) => tail[1..]
            .find(is_last)
            .map_or(Tail::Cut, |last| Tail::Of(last + 2)),
        (Some('\x1b'), _) => Tail::Alone,
        (Some(c), _) => Tail::Of(c.len_utf8()),
    }
}

fn sequence<'a>(tail: &str, raw: &'a str) -> Token<'a> {
    match tail {
        "[I" | "[O" => return Token::Report(raw),
        "OM" => return Token::Submit(raw),
        "\r" | "\n" => return Token::NewLine(raw),
        _ => {}
    }
    let is_spelt = |tail: &str| tail.ends_with('u') || tail.ends_with('~');
    let Some(inner) = tail.strip_prefix('[').filter(|tail| is_spelt(tail)) else {
        return Token::Edit(raw);
    };
    // `key;modifiers u`, or `27;modifiers;key ~`; what stands behind a colon says no more.
    let fields = inner[..inner.len() - 1].split(';');
    let fields: Vec<&str> = fields
        .map(|field| field.split(':').next().unwrap_or_default())
        .collect();
    let (key, modifiers) = match (fields.as_slice(), inner.ends_with('u')) {
        ([key], true) => (*key, "1"),
        ([key, modifiers, ..], true) | (["27", modifiers, key, ..], false) => (*key, *modifiers),
        _ => return Token::Edit(raw),
    };
    match (key, modifiers) {
        // With Shift or Alt.
        ("13", "2" | "3") => Token::NewLine(raw),
        // Enter, that of the number pad, Ctrl-J, Ctrl-M.
        ("10" | "13" | "57414" | "106" | "109", _) => Token::Submit(raw),
        _ => Token::Edit(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> Vec<Token<'_>> {
        tokens(data, &mut String::new())
    }

    #[test]
    fn enter_is_found_in_every_spelling() {
        for enter in [
            "\r",
            "\n",
            "\x1bOM",
            "\x1b[13u",
            "\x1b[13;5u",
            "\x1b[27;5;13~",
            "\x1b[109;5u",
        ] {
            assert_eq!(read(enter), [Token::Submit(enter)]);
            // However it is split.
            for at in 1..enter.len() {
                let (one, other) = enter.split_at(at);
                let mut cut = String::new();
                assert_eq!(tokens(one, &mut cut), [Token::Edit(one)]);
                assert_eq!(tokens(other, &mut cut), [Token::Submit(other)], "{enter:?}");
            }
        }
        let mut cut = "\x1b".to_owned();
        assert_eq!(tokens("\r", &mut cut), [Token::Submit("\r")]);
        for new_line in ["\x1b\r", "\x1b[13;2u", "\x1b[27;2;13~"] {
            assert_eq!(read(new_line), [Token::NewLine(new_line)]);
        }
    }

    #[test]
    fn text_and_keys_are_told_apart() {
        assert_eq!(
            read("aé\x7f\x1b[A\x1b[Ib\x15\x03\x1b"),
            [
                Token::Text("aé"),
                Token::Erase("\x7f"),
                Token::Edit("\x1b[A"),
                Token::Report("\x1b[I"),
                Token::Text("b"),
                Token::Clear("\x15"),
                Token::Edit("\x03"),
                Token::Edit("\x1b"),
            ]
        );
    }
}
