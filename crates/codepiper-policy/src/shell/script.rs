//! Walking through the text of a word, and finding the commands in it.

/// How many closing brackets are tried as the end of a substitution.
const ENDS_MAX: usize = 16;

/// A place in a text.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is left.
    pub(super) fn text(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn since(&self, begin: usize) -> &'a str {
        &self.text[begin..self.at]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// The text up to `end`, which is passed.
    pub(super) fn until(&mut self, end: char) -> &'a str {
        let rest = self.text();
        let length = rest.find(end).unwrap_or(rest.len());
        self.at += length;
        self.take(end);
        &rest[..length]
    }

    /// A variable's name.
    pub(super) fn name(&mut self) -> &'a str {
        let rest = self.text();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// The rest of `[…]`, whose first bracket was passed; nothing where it is not closed.
    pub(super) fn class(&mut self) -> &'a str {
        let rest = self.text();
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let Some(end) = rest.get(first..).and_then(|rest| rest.find(']')) else {
            return "";
        };
        let class = &rest[..=first + end];
        if class.contains(['$', '`', '\'', '"', '\\']) {
            return "";
        }
        self.at += class.len();
        class
    }

    /// Whether the `{` just passed opens a brace expansion, and no `{}`.
    pub(super) fn is_brace_expansion(&self) -> bool {
        let Some((inner, _)) = self.text().split_once('}') else {
            return false;
        };
        inner.contains(',') || inner.contains("..")
    }

    /// What follows a backslash in `$'…'`.
    pub(super) fn ansi_escape(&mut self) -> Option<char> {
        let c = self.next()?;
        Some(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'e' | 'E' => '\x1b',
            'f' => '\x0c',
            'v' => '\x0b',
            '0'..='7' => {
                self.at -= 1;
                return self.number(8, 3);
            }
            'x' => return self.number(16, 2),
            'u' => return self.number(16, 4),
            'U' => return self.number(16, 8),
            'c' => return None,
            other => other,
        })
    }

    /// A character by its number; none for one that is no character, or that ends the text.
    fn number(&mut self, base: u32, digits: usize) -> Option<char> {
        let mut value = 0_u32;
        for _ in 0..digits {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(base)) else {
                break;
            };
            value = value.checked_mul(base)?.checked_add(digit)?;
            self.next();
        }
        // Bytes above ASCII are parts of characters.
        let is_byte = digits < 4 && value > 0x7f;
        char::from_u32(value).filter(|c| *c != '\0' && !is_byte)
    }

    /// The command in backquotes, whose first was passed.
    pub(super) fn backquoted(&mut self) -> String {
        let mut script = String::new();
        while let Some(c) = self.next() {
            match c {
                '`' => break,
                '\\' => match self.next() {
                    Some(c @ ('`' | '\\' | '$')) => script.push(c),
                    Some(c) => script.extend(['\\', c]),
                    None => {}
                },
                c => script.push(c),
            }
        }
        script
    }

    /// What stands in `${…}`, whose brace was passed.
    pub(super) fn braced(&mut self) -> &'a str {
        let begin = self.at;
        let mut depth = 1;
        while let Some(c) = self.next() {
            match c {
                '\\' => drop(self.next()),
                '\'' => drop(self.until('\'')),
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return &self.text[begin..self.at - 1];
            }
        }
        &self.text[begin..]
    }

    /// The command in `$(…)`, whose bracket was passed: the shortest text that parses. Where a
    /// comment could hide the end, every text that does. Nothing where none does.
    pub(super) fn substitution(&mut self, parses: &mut dyn FnMut(&str) -> bool) -> Vec<String> {
        let rest = self.text();
        let mut found = Vec::new();
        for (end, _) in rest.match_indices(')').take(ENDS_MAX) {
            let inner = &rest[..end];
            if !parses(inner) {
                continue;
            }
            if found.is_empty() {
                self.at += end + 1;
            }
            found.push(inner.to_owned());
            if !inner.contains('#') {
                return found;
            }
        }
        if found.is_empty() {
            self.at = self.text.len();
        }
        found
    }
}
