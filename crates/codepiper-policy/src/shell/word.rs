//! One word of a shell line, as far as it is known before it runs.

use super::script::Cursor;
use super::variables::{self, Variables};

/// Stands in [`Word::path`] for the home directory; no word can contain it.
pub(crate) const HOME: char = '\0';

/// Stand in [`Word::path`] for a glob's `*`, and for its `?` and `[…]`.
pub(crate) const MANY: char = '\u{1}';
pub(crate) const ONE: char = '\u{2}';

/// How much of a word is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// It stands there.
    #[default]
    Literal,
    /// It stands for the names of files, none of which could be an option.
    Files,
    /// It becomes known when it runs.
    Computed,
}

/// A word without its quotes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    /// What it is, with the computed parts as they were written.
    pub(crate) text: String,
    /// What it might be: variables of the same line put in, other computed parts left out, `$IFS`
    /// and the commas of braces as blanks. Only a `deny` looks at it.
    pub(crate) guess: String,
    /// What it is as a path, [`HOME`], [`MANY`] and [`ONE`] put in; none where it is computed
    /// otherwise.
    pub(crate) path: Option<String>,
    /// How much of it is known.
    pub(crate) certainty: Certainty,
    /// The commands that are run to compute it.
    pub(crate) scripts: Vec<String>,
    /// Whether the end of such a command was not found.
    pub(crate) is_unreadable: bool,
    /// Whether it has a `$'…'`, which `sh` may read otherwise.
    pub(crate) is_ansi: bool,
}

impl Word {
    /// A word that stands there as it is.
    pub(crate) fn literal(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            guess: text.to_owned(),
            path: Some(text.to_owned()),
            ..Self::default()
        }
    }

    /// A word that only the running command knows.
    pub(crate) fn computed(text: &str) -> Self {
        Self {
            path: None,
            certainty: Certainty::Computed,
            ..Self::literal(text)
        }
    }

    /// Names of files that only the running command knows.
    pub(crate) fn files(text: &str) -> Self {
        Self {
            certainty: Certainty::Files,
            ..Self::computed(text)
        }
    }

    pub(crate) fn is_computed(&self) -> bool {
        self.certainty == Certainty::Computed
    }
}

/// Takes the quotes off a word. `parses` says whether a text is a whole script.
pub(super) fn decode(
    raw: &str,
    variables: &Variables,
    parses: &mut dyn FnMut(&str) -> bool,
) -> Word {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:,+@%".contains(&b);
    if raw.bytes().all(is_plain) {
        return Word::literal(raw);
    }
    let mut decoder = Decoder::new(raw, variables, parses);
    decoder.word();
    decoder.finished()
}

/// Finds what is computed in a text that is not split into words: here-documents, arithmetic.
pub(super) fn decode_text(
    raw: &str,
    variables: &Variables,
    parses: &mut dyn FnMut(&str) -> bool,
) -> Word {
    let mut decoder = Decoder::new(raw, variables, parses);
    decoder.quoted(None);
    decoder.finished()
}

struct Decoder<'a> {
    rest: Cursor<'a>,
    variables: &'a Variables,
    parses: &'a mut dyn FnMut(&str) -> bool,
    word: Word,
    path: String,
    path_is_known: bool,
}

impl<'a> Decoder<'a> {
    fn new(
        raw: &'a str,
        variables: &'a Variables,
        parses: &'a mut dyn FnMut(&str) -> bool,
    ) -> Self {
        Self {
            rest: Cursor::new(raw),
            variables,
            parses,
            word: Word::default(),
            path: String::new(),
            path_is_known: true,
        }
    }

    fn finished(mut self) -> Word {
        self.word.path = self.path_is_known.then_some(self.path);
        self.word
    }

    fn push(&mut self, c: char) {
        // Characters that nobody sees make a line look like another one.
        if is_invisible(c) {
            self.compute();
            if c.is_whitespace() {
                self.word.guess.push(' ');
            }
        } else {
            self.word.guess.push(c);
        }
        self.word.text.push(c);
        self.path.push(c);
    }

    /// What was just read is only known when it runs.
    fn compute(&mut self) {
        self.word.certainty = Certainty::Computed;
        self.path_is_known = false;
    }

    fn word(&mut self) {
        self.beginning();
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => match self.rest.next() {
                    Some('\n') | None => {}
                    Some(escaped) => self.push(escaped),
                },
                '\'' => {
                    for c in self.rest.until('\'').chars() {
                        self.push(c);
                    }
                }
                '"' => self.quoted(Some('"')),
                '$' if self.rest.take('\'') => self.ansi(),
                '$' if self.rest.take('"') => self.quoted(Some('"')),
                '$' | '`' => self.expansion(c),
                '*' | '?' | '[' => self.glob(c),
                '+' | '@' | '!' | '^' | '#' if self.rest.peek() == Some('(') => self.glob(c),
                '(' | ')' | '<' | '>' => {
                    self.compute();
                    self.push(c);
                }
                '{' if self.rest.is_brace_expansion() => self.braces(),
                c if c != ' ' && (c.is_whitespace() || c == '\r') => {
                    self.compute();
                    self.push(c);
                }
                c => self.push(c),
            }
        }
    }

    /// `~`, and `=name`, which zsh turns into the program's path.
    fn beginning(&mut self) {
        match self.rest.peek() {
            Some('~') => {
                self.rest.next();
                self.push('~');
                if matches!(self.rest.peek(), None | Some('/')) {
                    self.path = HOME.to_string();
                } else {
                    self.compute();
                }
            }
            Some('=') if self.rest.text().len() > 1 => self.compute(),
            _ => {}
        }
    }

    /// A glob at the beginning of a word may turn into an option, and one with brackets may, in
    /// zsh, run a command.
    fn glob(&mut self, c: char) {
        let is_first = self.word.text.is_empty();
        if c == '[' && is_first && self.rest.is_empty() {
            // The program `[`.
            self.push(c);
            return;
        }
        let certainty = if is_first || self.rest.peek() == Some('(') {
            Certainty::Computed
        } else {
            Certainty::Files
        };
        self.word.certainty = self.word.certainty.max(certainty);
        self.path_is_known &= self.rest.peek() != Some('(');
        let class = if c == '[' { self.rest.class() } else { "" };
        let path = self.path.clone();
        self.push(c);
        for c in class.chars() {
            self.push(c);
        }
        self.path = path;
        self.path.push(if c == '*' { MANY } else { ONE });
    }

    fn braces(&mut self) {
        self.compute();
        self.word.text.push('{');
        self.word.guess.push(' ');
        let mut depth = 1;
        while depth > 0 {
            let Some(c) = self.rest.next() else { break };
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                '\'' | '"' | '\\' => continue,
                _ => {}
            }
            self.word.text.push(c);
            self.word
                .guess
                .push(if matches!(c, '{' | '}' | ',') { ' ' } else { c });
        }
    }

    /// Up to the closing quote, or to the end.
    fn quoted(&mut self, end: Option<char>) {
        while let Some(c) = self.rest.next() {
            match c {
                c if Some(c) == end => return,
                '\\' => match self.rest.next() {
                    Some('\n') | None => {}
                    Some(escaped @ ('$' | '`' | '"' | '\\')) => self.push(escaped),
                    Some(other) => {
                        self.push('\\');
                        self.push(other);
                    }
                },
                '$' | '`' => self.expansion(c),
                c => self.push(c),
            }
        }
    }

    fn ansi(&mut self) {
        self.word.is_ansi = true;
        while let Some(c) = self.rest.next() {
            match c {
                '\'' => return,
                '\\' => match self.rest.ansi_escape() {
                    Some(c) => self.push(c),
                    None => self.compute(),
                },
                c => self.push(c),
            }
        }
    }

    /// What comes after a `$`, or a backquote.
    fn expansion(&mut self, first: char) {
        let begin = self.rest.position() - 1;
        let before = self.path.clone();
        let known = self.path_is_known;
        let mut name = None;
        let mut said = None;
        if first == '`' {
            let script = self.rest.backquoted();
            said = plainly_said(&script);
            self.word.scripts.push(script);
        } else {
            match self.rest.peek() {
                Some('(') => {
                    self.rest.next();
                    let found = self.rest.substitution(self.parses);
                    self.word.is_unreadable |= found.is_empty();
                    said = found.first().and_then(|script| plainly_said(script));
                    self.word.scripts.extend(found);
                }
                Some('{') => {
                    self.rest.next();
                    let inner = self.rest.braced();
                    self.inside(inner);
                    name = Some(inner);
                }
                Some('[') => {
                    self.rest.next();
                    let inner = self.rest.until(']');
                    self.inside(inner);
                }
                Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                    name = Some(self.rest.name());
                }
                Some(c) if c.is_ascii_digit() || "@*".contains(c) => {
                    let begin = self.rest.position();
                    self.rest.next();
                    name = Some(self.rest.since(begin))
                        .map(|name| if name == "*" { "@" } else { name });
                }
                Some(c) if "#?-$!".contains(c) => {
                    self.rest.next();
                }
                // A `$` that means itself.
                _ => {
                    self.push('$');
                    return;
                }
            }
        }
        self.compute();
        self.word.text.push_str(self.rest.since(begin));
        self.word.guess.extend(said);
        match name {
            Some("IFS") => self.word.guess.push(' '),
            Some("HOME") if before.is_empty() && known => {
                self.path = HOME.to_string();
                self.path_is_known = true;
            }
            Some(name) => {
                let (plain, change) = variables::changed(name);
                if let Some(value) = self.variables.value(plain) {
                    self.word.guess.push_str(&variables::apply(value, change));
                } else if plain == "HOME" {
                    self.word.guess.push('~');
                } else if variables::is_name(plain)
                    && let Some((how, default)) = variables::default(change)
                {
                    let default: String =
                        default.chars().filter(|c| !"'\"\\".contains(*c)).collect();
                    self.word.guess.push_str(&default);
                    if how == '=' {
                        self.variables.set(plain, &default);
                    }
                }
            }
            None => {}
        }
    }

    /// The commands within `${…}` and arithmetic, whatever quotes are there: subscripts are
    /// evaluated once more.
    fn inside(&mut self, text: &str) {
        let found = decode_text(text, self.variables, self.parses);
        self.word.scripts.extend(found.scripts);
        self.word.is_unreadable |= found.is_unreadable;
    }
}

/// What a script writes that is no more than `echo x`, and where a program is, for one that asks.
fn plainly_said(script: &str) -> Option<String> {
    let rest = script.trim();
    if rest.starts_with("cat <<") {
        let (_, document) = rest.split_once('\n')?;
        return document.rsplit_once('\n').map(|(text, _)| text.to_owned());
    }
    let said = [
        "echo ",
        "printf %s ",
        "printf ",
        "which ",
        "command -v ",
        "type -p ",
        "type -P ",
    ]
    .iter()
    .find_map(|begins| rest.strip_prefix(begins))?;
    let is_special = |c: char| "$`|&;<>()\\\n".contains(c);
    (!said.contains(is_special)).then(|| said.replace(['\'', '"'], ""))
}

/// Zero-width characters, and those that turn the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
        || (c.is_control() && c != '\n' && c != '\t')
        || (c.is_whitespace() && !c.is_ascii())
}
