//! The globs of the existing CodePiper: `*`, `?`, `[…]`, `{a,b}`, `(a|b)` and the bash forms
//! `@(…)`, `+(…)`, `?(…)`, `*(…)`.
//!
//! They match the whole text and know no special characters in it: `*` goes across `/` and
//! newlines, so that a `deny` cannot be escaped by writing its text in two lines.

use regex::{Regex, RegexBuilder};

use crate::overlap::overlap;
use crate::shell::{MANY, ONE};

/// The longest pattern, and the most memory one may take once compiled.
const PATTERN_MAX: usize = 4096;
const COMPILED_MAX: usize = 1024 * 1024;

/// A compiled pattern. Most are plain text and stars at its ends, which need no regular expression.
#[derive(Clone, Debug)]
pub(crate) enum Glob {
    /// Every text.
    Any,
    /// This text.
    Exact(String),
    /// What begins with this.
    Prefix(String),
    /// What ends with this.
    Suffix(String),
    /// What contains this.
    Part(String),
    /// What this matches, and its pattern.
    Regex(Regex, String),
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > PATTERN_MAX {
            return Err(format!("a pattern has at most {PATTERN_MAX} bytes"));
        }
        if let Some(plain) = Self::plain(pattern) {
            return Ok(plain);
        }
        let source = format!(r"\A(?:{})\z", translate(pattern)?);
        let built = RegexBuilder::new(&source)
            .dot_matches_new_line(true)
            .size_limit(COMPILED_MAX)
            .build()
            .map_err(|_| format!("`{pattern}` is no pattern"))?;
        Ok(Self::Regex(built, pattern.to_owned()))
    }

    fn plain(pattern: &str) -> Option<Self> {
        let is_special = |c: char| "*?[]{}()!@+\\".contains(c);
        let (rest, opens) = stripped(pattern, pattern.strip_prefix('*'));
        let (text, ends) = stripped(rest, rest.strip_suffix('*'));
        let plain = text.to_owned();
        (!text.contains(is_special)).then(|| match (opens, ends) {
            _ if text.is_empty() && (opens || ends) => Self::Any,
            (true, true) => Self::Part(plain),
            (true, false) => Self::Suffix(plain),
            (false, true) => Self::Prefix(plain),
            (false, false) => Self::Exact(plain),
        })
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => text == exact,
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::Suffix(suffix) => text.ends_with(suffix),
            Self::Part(part) => text.contains(part),
            Self::Regex(regex, _) => regex.is_match(text),
        }
    }

    /// Whether it matches a text, or a file that a glob of a shell line may mean.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        if !text.contains([MANY, ONE]) {
            return self.matches(text);
        }
        match self {
            Self::Any => true,
            Self::Exact(exact) => overlap(&escaped(exact), text),
            Self::Prefix(prefix) => overlap(&format!("{}*", escaped(prefix)), text),
            Self::Suffix(suffix) => overlap(&format!("*{}", escaped(suffix)), text),
            Self::Part(part) => overlap(&format!("*{}*", escaped(part)), text),
            Self::Regex(_, pattern) => overlap(pattern, text),
        }
    }
}

/// What is left of `whole`, and whether anything was taken off.
fn stripped<'a>(whole: &'a str, rest: Option<&'a str>) -> (&'a str, bool) {
    (rest.unwrap_or(whole), rest.is_some())
}

/// A pattern that matches this text only.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| ['\\', c]).collect()
}

/// What a `)` or a `}` ends.
enum Group {
    /// A group of the bash forms, and how often it may come.
    Alternatives(&'static str),
    /// `{a,b}`
    Braces,
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut regex = String::with_capacity(pattern.len() * 2);
    let mut groups: Vec<Group> = Vec::new();
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        let opens = rest.peek() == Some(&'(');
        match c {
            '!' if opens => {
                return Err("`!(…)` is not known; write a pattern that begins with `!`".to_owned());
            }
            '@' | '+' | '?' | '*' if opens => {
                rest.next();
                groups.push(Group::Alternatives(match c {
                    '+' => "+",
                    '?' => "?",
                    '*' => "*",
                    _ => "",
                }));
                regex.push_str("(?:");
            }
            '(' => {
                groups.push(Group::Alternatives(""));
                regex.push_str("(?:");
            }
            ')' => match groups.pop() {
                Some(Group::Alternatives(times)) => {
                    regex.push(')');
                    regex.push_str(times);
                }
                _ => return Err("a `)` closes nothing; write `\\)` for the character".to_owned()),
            },
            '{' => {
                groups.push(Group::Braces);
                regex.push_str("(?:");
            }
            '}' => match groups.pop() {
                Some(Group::Braces) => regex.push(')'),
                _ => return Err("a `}` closes nothing; write `\\}` for the character".to_owned()),
            },
            '|' if matches!(groups.last(), Some(Group::Alternatives(_))) => regex.push('|'),
            ',' if matches!(groups.last(), Some(Group::Braces)) => regex.push('|'),
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            '[' => class(&mut rest, &mut regex)?,
            '\\' => match rest.next() {
                Some(escaped) => literal(escaped, &mut regex),
                None => return Err("a `\\` stands at the end".to_owned()),
            },
            other => literal(other, &mut regex),
        }
    }
    if groups.is_empty() {
        Ok(regex)
    } else {
        Err("a bracket is not closed".to_owned())
    }
}

/// `[abc]`, `[a-z]`, `[!x]`, `[^x]`
fn class(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    regex: &mut String,
) -> Result<(), String> {
    regex.push('[');
    if rest.next_if(|c| matches!(c, '!' | '^')).is_some() {
        regex.push('^');
    }
    let mut first = true;
    loop {
        match rest.next() {
            None => return Err("a `[` is not closed".to_owned()),
            Some(']') if !first => break,
            Some('-') => regex.push('-'),
            Some('\\') => match rest.next() {
                Some(escaped) => literal(escaped, regex),
                None => return Err("a `\\` stands at the end".to_owned()),
            },
            Some(c) => literal(c, regex),
        }
        first = false;
    }
    regex.push(']');
    Ok(())
}

fn literal(c: char, regex: &mut String) {
    regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Glob::new(pattern).unwrap().matches(text)
    }

    #[test]
    fn the_known_forms_match_the_whole_text() {
        for (pattern, text, expected) in [
            ("git *", "git push origin main", true),
            ("git *", "sudo git push", false),
            ("git", "git push", false),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("src/**", "src/a/b.rs", true),
            ("*/.env", "/a/b/.env", true),
            ("rm *", "rm -rf\n/", true),
            ("file?.[ch]", "file1.c", true),
            ("file?.[!ch]", "file1.c", false),
            ("[]a]", "]", true),
            ("{npm,yarn} test", "yarn test", true),
            ("(npm|yarn) test", "npm test", true),
            ("@(a|b)c", "bc", true),
            ("+(ab)", "ababab", true),
            ("?(a)b", "b", true),
            ("*(a)b", "aaab", true),
            ("a.b", "axb", false),
            ("a\\*b", "a*b", true),
            ("a\\*b", "axb", false),
            ("a|b", "a|b", true),
            ("a,b", "a,b", true),
            ("GIT *", "git push", false),
        ] {
            assert_eq!(
                matches(pattern, text),
                expected,
                "{pattern:?} against {text:?}"
            );
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in [
            "[a",
            "(a",
            "{a",
            "a)",
            "a}",
            "!(a)",
            "a\\",
            &"x".repeat(5000),
        ] {
            assert!(Glob::new(pattern).is_err(), "{pattern:?}");
        }
    }
}
