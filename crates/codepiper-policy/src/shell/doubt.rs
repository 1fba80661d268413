//! Commands after which, or for which, nothing can be said of what runs.

use super::Word;
use super::command::base;
use super::variables;

/// Commands that change what the rest of the line means.
pub(super) fn of_line(words: &[Word]) -> Option<&'static str> {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let (program, arguments) = texts.split_first()?;
    match base(program) {
        "alias" | "unalias" if !arguments.is_empty() => Some("an alias changes what a name means"),
        "hash" if arguments.iter().any(|word| word.starts_with('-')) => {
            Some("`hash` changes what a name means")
        }
        "enable" | "shopt" | "bind" | "complete" | "setopt" | "emulate" | "zmodload"
        | "autoload" => Some("the shell's way of reading is changed"),
        "set" if changes_assignments(arguments) => Some("the shell's way of reading is changed"),
        "declare" | "typeset" | "local" | "export" | "readonly"
            if arguments.iter().any(|word| {
                word.starts_with(['-', '+']) && !word.starts_with("--") && word.contains(['n', 'i'])
            }) =>
        {
            Some("a variable is made another one, or evaluated")
        }
        "trap" if !arguments.is_empty() => Some("`trap` runs a command at another time"),
        "." | "source" => Some("a file is run as part of the line"),
        "export" | "declare" | "typeset" | "local" | "readonly" | "read" | "unset" | "printf"
        | "mapfile" | "readarray" | "getopts" | "let" | "wait" | "integer" | "float" | "env"
        | "set" => {
            let name = |word: &&&str| {
                let word = word.trim_start_matches('-');
                let name = variables::assigned(word).unwrap_or(word);
                variables::is_name(name) && variables::is_dangerous(name)
            };
            let is_named = arguments.iter().any(|word| name(&word));
            is_named.then_some("a variable is changed that decides what runs")
        }
        _ => None,
    }
}

/// `set -k`, `set -o keyword`: an argument may then be an assignment.
fn changes_assignments(arguments: &[&str]) -> bool {
    let mut options = arguments.iter().take_while(|word| **word != "--");
    options.any(|word| *word == "keyword" || word.starts_with('-') && word.contains('k'))
}

/// Builtins that evaluate what they are given, `test -v 'a[$(rm x)]'` for one.
pub(super) fn of_command(words: &[Word]) -> Option<&'static str> {
    const EVALUATING: [&str; 17] = [
        "test",
        "[",
        "printf",
        "read",
        "unset",
        "let",
        "declare",
        "typeset",
        "local",
        "export",
        "readonly",
        "mapfile",
        "readarray",
        "wait",
        "getopts",
        "integer",
        "compgen",
    ];
    let (program, arguments) = words.split_first()?;
    let is_evaluated = |word: &Word| word.text.contains("$(") || word.text.contains('`');
    (EVALUATING.contains(&base(&program.text)) && arguments.iter().any(is_evaluated))
        .then_some("the shell evaluates an argument once more")
}
