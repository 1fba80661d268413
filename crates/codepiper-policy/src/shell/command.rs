//! A simple command, and the texts that patterns are held against.

use super::Word;
use super::word::{Certainty, MANY, ONE};

/// Which way a redirection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// `<`
    Read,
    /// `>`, `>>`, `>|`, `<>`, `&>`
    Write,
}

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// The program first.
    pub(crate) words: Vec<Word>,
    /// Why it cannot be told what would run.
    pub(crate) doubt: Option<&'static str>,
    /// Set where it is no program but a file that the shell opens.
    pub(crate) redirect: Option<Redirect>,
    /// Whether the program is meant by its name: it is no file of an agent's choice.
    pub(crate) is_by_name: bool,
    /// What it truly is, in one or two spellings.
    pub(crate) texts: Vec<String>,
    /// What it may also be; only a `deny` looks at these.
    pub(crate) guesses: Vec<String>,
    /// What it may run besides; only a `deny` looks at these.
    pub(crate) may_run: Vec<Command>,
}

/// Where programs are that may be meant by their name alone.
const SYSTEM: [&str; 7] = [
    "/bin",
    "/sbin",
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/opt/homebrew/bin",
];

impl Command {
    pub(crate) fn new(words: Vec<Word>, doubt: Option<&'static str>) -> Self {
        let computed = words
            .iter()
            .any(Word::is_computed)
            .then_some("a word of it is computed when it runs");
        let globbed = words
            .first()
            .is_some_and(|word| word.certainty != Certainty::Literal)
            .then_some("its program is computed when it runs");
        let (texts, guesses) = spellings(&words);
        Self {
            doubt: doubt.or(globbed).or(computed),
            redirect: None,
            is_by_name: words.first().is_some_and(|word| is_by_name(&word.text)),
            texts,
            guesses,
            words,
            may_run: Vec::new(),
        }
    }

    /// Takes in what it may run, as far as there is room for it.
    pub(super) fn may_also_run(&mut self, commands: Vec<Self>) {
        const MAX: usize = 200;
        let room = MAX.saturating_sub(self.may_run.len());
        for command in commands.into_iter().take(room) {
            self.guesses.extend_from_slice(&command.texts);
            self.guesses.extend_from_slice(&command.guesses);
            self.may_run.push(command);
        }
    }

    pub(crate) fn redirection(redirect: Redirect, target: Word) -> Self {
        let sign = match redirect {
            Redirect::Read => "<",
            Redirect::Write => ">",
        };
        let mut command = Self::new(vec![Word::literal(sign), target], None);
        command.redirect = Some(redirect);
        command
    }

    /// The program's own name, without its directory.
    pub(crate) fn program(&self) -> &str {
        self.words.first().map_or("", |word| base(&word.text))
    }

    /// A program that is named from the working directory is another one after a `cd`.
    pub(crate) fn doubt_relative_program(&mut self) {
        let program = self.words.first().map_or("", |word| word.text.as_str());
        if self.redirect.is_none() && program.contains('/') && !program.starts_with(['/', '~']) {
            self.doubt
                .get_or_insert("its program is looked up from another directory");
        }
    }

    /// Its words as text.
    pub(crate) fn argv(&self) -> Vec<String> {
        self.words.iter().map(|word| word.text.clone()).collect()
    }

    /// Whether an argument stands for the names of files.
    pub(crate) fn has_globs(&self) -> bool {
        self.words
            .iter()
            .any(|word| word.certainty == Certainty::Files)
    }
}

fn is_by_name(program: &str) -> bool {
    program
        .rsplit_once('/')
        .is_none_or(|(dir, _)| SYSTEM.contains(&dir))
}

/// The name of a program without its directory.
pub(super) fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// `git` is `/usr/bin/git`, and not a file of that name that an agent may have made elsewhere: that
/// keeps its path, and only a `deny` sees through it.
fn spellings(words: &[Word]) -> (Vec<String>, Vec<String>) {
    let Some((program, arguments)) = words.split_first() else {
        return (Vec::new(), Vec::new());
    };
    let written = joined(
        &program.text,
        arguments.iter().map(|word| word.text.as_str()),
    );
    let by_name = joined(
        base(&program.text),
        arguments.iter().map(|word| word.text.as_str()),
    );
    let mut guesses = Vec::new();
    let mut texts = vec![written];
    if by_name != texts[0] {
        if is_by_name(&program.text) {
            texts.push(by_name);
        } else {
            guesses.push(by_name);
        }
    }
    if words.iter().any(|word| word.guess != word.text) {
        let guess = words
            .iter()
            .map(|word| word.guess.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let mut parts = guess.split_whitespace();
        if let Some(program) = parts.next() {
            guesses.push(joined(base(program), parts));
        }
    }
    if let Some(plain) = git_without_options(words) {
        guesses.push(plain);
    }
    let name = base(&program.text);
    let arguments = || arguments.iter().map(|word| word.text.as_str());
    // A program that a glob may mean, `/bin/r?`.
    let has_glob = |path: &&str| base(path).contains([MANY, ONE]) && path.contains('/');
    if program.certainty != Certainty::Literal
        && let Some(path) = program.path.as_deref().filter(has_glob)
        && base(path).contains(char::is_alphanumeric)
    {
        guesses.push(joined(base(path), arguments()));
    }
    // `git-push`
    if let Some(command) = name
        .strip_prefix("git-")
        .filter(|_| program.text.contains('-'))
    {
        guesses.push(joined(&format!("git {command}"), arguments()));
    }
    // Some file systems do not tell `RM` from `rm`.
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        guesses.push(joined(&name.to_ascii_lowercase(), arguments()));
    }
    (texts, guesses)
}

/// `git -C dir -c a=b push` as `git push`.
fn git_without_options(words: &[Word]) -> Option<String> {
    if base(&words.first()?.text) != "git" || !words.get(1)?.text.starts_with('-') {
        return None;
    }
    let mut rest = words[1..].iter().map(|word| word.text.as_str()).peekable();
    while let Some(option) = rest.next_if(|text| text.starts_with('-')) {
        if super::wrapper::git_option_takes_value(option) {
            rest.next();
        }
    }
    rest.peek()?;
    Some(joined("git", rest))
}

fn joined<'a>(program: &str, arguments: impl Iterator<Item = &'a str>) -> String {
    let mut text = program.to_owned();
    for argument in arguments {
        text.push(' ');
        text.push_str(argument);
    }
    text
}
