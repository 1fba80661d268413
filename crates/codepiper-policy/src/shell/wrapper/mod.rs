//! Programs that run another program. Both are judged.

mod form;
mod git;
mod options;
mod runner;
mod shells;

use super::Word;
use super::command::base;

pub(crate) use git::option_takes_value as git_option_takes_value;
pub(super) use shells::is_shell;

const UNKNOWN_OPTION: &str = "an option is not known, and may take what follows for its value";

/// What a wrapper runs.
#[derive(Clone, Debug)]
pub(super) enum Inner {
    /// A program with its arguments.
    Argv(Vec<Word>),
    /// A shell line.
    Script(String),
    /// Something that is not in the line.
    Unknown(&'static str),
    /// Words of which each may be a program with what follows it, or a shell line.
    Guess(Vec<Word>),
    /// Where it goes before it runs anything.
    Directory(Word),
}

/// What `words` run besides their own program; nothing for most programs. `input` is what stands
/// in the line as their standard input.
pub(super) fn inner(words: &[Word], input: Option<&str>) -> Vec<Inner> {
    let Some((program, arguments)) = words.split_first() else {
        return Vec::new();
    };
    let program = base(&program.text);
    match program {
        "git" => git::inner(arguments),
        "find" | "gfind" => find(arguments),
        "fd" | "fdfind" => fd(arguments),
        // What is left of `{fd}> file program`, and of `time -o file program` where `time` is no keyword.
        name if name.len() > 2 && name.starts_with('{') && name.ends_with('}') => {
            vec![Inner::Argv(arguments.to_vec())]
        }
        option if option.len() > 1 && option.starts_with('-') && option != "--" => {
            form::of("time").map_or_else(Vec::new, |form| form::run(form, words, None))
        }
        "su" | "runuser" | "script" | "sg" => shells::su(arguments),
        "trap" => {
            let mut words = arguments.iter().filter(|word| word.text != "--");
            words.next().map(script).into_iter().collect()
        }
        "." | "source"
            if arguments
                .first()
                .is_some_and(|word| shells::is_input(&word.text)) =>
        {
            let line = input.map(|text| Inner::Script(text.to_owned()));
            line.into_iter().collect()
        }
        "mapfile" | "readarray" => callback(arguments),
        "alias" => aliases(arguments),
        "busybox"
            if arguments
                .first()
                .is_some_and(|word| word.text.starts_with('-')) =>
        {
            Vec::new()
        }
        shell if is_shell(shell) => shells::inner(arguments, input),
        other => match form::of(other) {
            Some(form) => form::run(form, arguments, input),
            None => runner::inner(other, arguments).into_iter().collect(),
        },
    }
}

fn script(word: &Word) -> Inner {
    Inner::Script(word.text.clone())
}

/// `mapfile -C line -c 1 array`
fn callback(arguments: &[Word]) -> Vec<Inner> {
    let mut found = Vec::new();
    for (at, word) in arguments.iter().enumerate() {
        let Some((before, line)) = word.text.split_once('C') else {
            continue;
        };
        if before.starts_with('-') {
            let attached = (!line.is_empty()).then(|| line.to_owned());
            let next = || arguments.get(at + 1).map(|word| word.text.clone());
            found.extend(attached.or_else(next).map(Inner::Script));
            found.push(Inner::Unknown("it runs a line for what it reads"));
        }
    }
    found
}

fn aliases(arguments: &[Word]) -> Vec<Inner> {
    let definitions = arguments
        .iter()
        .filter_map(|word| word.text.split_once('='));
    definitions
        .map(|(_, line)| Inner::Script(line.to_owned()))
        .collect()
}

/// `find … -exec program … ;`, and `+`.
fn find(arguments: &[Word]) -> Vec<Inner> {
    let mut found = Vec::new();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        if matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir") {
            let is_end = |word: &&Word| !matches!(word.text.as_str(), ";" | "+");
            let argv = rest.by_ref().take_while(is_end).map(|word| {
                if word.text.contains("{}") {
                    Word::files(&word.text)
                } else {
                    word.clone()
                }
            });
            found.push(Inner::Argv(argv.collect()));
        }
    }
    found
}

/// `fd … -x program …`, where files take the place of `{}`.
fn fd(arguments: &[Word]) -> Vec<Inner> {
    let is_exec = |word: &Word| {
        let text = word.text.as_str();
        let long = text.split('=').next().unwrap_or(text);
        matches!(long, "--exec" | "--exec-batch")
            || text.starts_with('-') && !text.starts_with("--") && text.ends_with(['x', 'X'])
    };
    let Some(at) = arguments.iter().position(is_exec) else {
        return Vec::new();
    };
    let is_of_it = |word: &&Word| word.text != ";";
    let attached = arguments[at].text.split_once('=');
    let attached = attached.map(|(_, program)| Word::literal(program));
    let mut argv: Vec<Word> = attached
        .iter()
        .chain(&arguments[at + 1..])
        .take_while(is_of_it)
        .cloned()
        .collect();
    argv.push(Word::files("{}"));
    vec![Inner::Argv(argv)]
}
