//! What stands in a `.env` file: `NAME=value` a line, with quotes as shells have them.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// Why a text cannot be read, and where. The value is not repeated: it may be a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DotenvError {
    pub(super) line: usize,
    pub(super) why: &'static str,
}

/// The variables of a text; of two that are called the same, the later.
pub(super) fn read(text: &str) -> Result<BTreeMap<String, String>, DotenvError> {
    let text = text.replace("\r\n", "\n");
    let mut reader = Reader {
        rest: text.chars().peekable(),
        line: 1,
    };
    let mut variables = BTreeMap::new();
    while reader.rest.peek().is_some() {
        if let Some((name, value)) = reader.assignment()? {
            variables.insert(name, value);
        }
    }
    Ok(variables)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next();
        self.line += usize::from(c == Some('\n'));
        c
    }

    /// One line, and the further ones that a quoted value has.
    fn assignment(&mut self) -> Result<Option<(String, String)>, DotenvError> {
        let line = self.line;
        let fail = |why| DotenvError { line, why };
        let mut name = String::new();
        loop {
            match self.next() {
                None | Some('\n') if name.trim().is_empty() => return Ok(None),
                Some('#') if name.trim().is_empty() => {
                    self.rest_of_line();
                    return Ok(None);
                }
                None | Some('\n') => return Err(fail("there is no `=`")),
                Some('=') => break,
                Some(c) => name.push(c),
            }
        }
        let name = name.trim();
        let name = match name.strip_prefix("export") {
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
            _ => name,
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(fail("what stands before `=` is no name of a variable"));
        }
        while self.rest.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
        let value = match self.rest.peek() {
            Some('\'') => self
                .quoted('\'')
                .ok_or_else(|| fail("a `'` is not closed"))?,
            Some('"') => self
                .quoted('"')
                .ok_or_else(|| fail("a `\"` is not closed"))?,
            _ => return Ok(Some((name.to_owned(), bare(&self.rest_of_line())))),
        };
        let rest = self.rest_of_line();
        let rest = rest.trim_start();
        if rest.is_empty() || rest.starts_with('#') {
            Ok(Some((name.to_owned(), value)))
        } else {
            Err(fail("something stands behind the closing quote"))
        }
    }

    fn rest_of_line(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.next().filter(|c| *c != '\n') {
            text.push(c);
        }
        text
    }

    /// A quoted value. Between double quotes a backslash escapes.
    fn quoted(&mut self, quote: char) -> Option<String> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next()? {
                c if c == quote => return Some(text),
                '\\' if quote == '"' => match self.next()? {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    c @ ('"' | '\\' | '$' | '`') => text.push(c),
                    c => text.extend(['\\', c]),
                },
                c => text.push(c),
            }
        }
    }
}

/// A value without quotes ends before a comment.
fn bare(text: &str) -> String {
    let comment = text.find(" #").or_else(|| text.find("\t#"));
    let end = if text.starts_with('#') {
        Some(0)
    } else {
        comment
    };
    text[..end.unwrap_or(text.len())].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_shells_and_people_write_it() {
        let text = "# keys\r\nexport A=1\n\nB = two words # why\nC='it is $A #1'\n\
                    D=\"one\\ntwo \\\"x\\\" \\$A\" # end\nE=\nF=a#b\nK=\"-----BEGIN\nabc\n-----END\"\nA=later";
        let read = read(text).unwrap();
        let expected = [
            ("A", "later"),
            ("B", "two words"),
            ("C", "it is $A #1"),
            ("D", "one\ntwo \"x\" $A"),
            ("E", ""),
            ("F", "a#b"),
            ("K", "-----BEGIN\nabc\n-----END"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read, expected.into());
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        for (text, line, why) in [
            ("A=1\nnonsense", 2, "there is no `=`"),
            ("A=\"1\n2\"\nB='x", 3, "a `'` is not closed"),
            (
                "\n\nA-B=1",
                3,
                "what stands before `=` is no name of a variable",
            ),
            ("A='1' 2", 1, "something stands behind the closing quote"),
        ] {
            assert_eq!(read(text), Err(DotenvError { line, why }), "{text}");
        }
    }
}
