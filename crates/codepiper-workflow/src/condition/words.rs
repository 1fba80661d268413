//! Whether the words of an expression mean something: the library tells only when it meets them.

use minijinja::{Environment, ErrorKind};

use crate::tokens::Token;

/// The first filter or test that there is not, and the first name that stands for no value.
pub(super) fn unknown(
    environment: &Environment<'_>,
    tokens: &[Token],
    program: &str,
) -> Option<String> {
    of_tokens(environment, tokens).or_else(|| of_names(environment, program))
}

fn of_tokens(environment: &Environment<'_>, tokens: &[Token]) -> Option<String> {
    let words = |at: usize| tokens.get(at).and_then(Token::as_word).map(name_of);
    tokens
        .iter()
        .enumerate()
        .find_map(|(at, token)| match token {
            Token::Group(_, inner, _) => of_tokens(environment, inner),
            Token::Pipe => {
                let name = words(at + 1)?;
                let is_unknown = fails(environment, name, "|", ErrorKind::UnknownFilter);
                is_unknown.then(|| format!("there is no filter `{name}`"))
            }
            Token::Word(word) if word == "is" => {
                let name = words(at + 1).filter(|word| *word != "not");
                let name = name.or_else(|| words(at + 2))?;
                let is_unknown = fails(environment, name, " is ", ErrorKind::UnknownTest);
                is_unknown.then(|| format!("there is no test `{name}`"))
            }
            _ => None,
        })
}

fn of_names(environment: &Environment<'_>, program: &str) -> Option<String> {
    let expression = environment.compile_expression(program).ok()?;
    let mut names: Vec<String> = expression
        .undeclared_variables(false)
        .into_iter()
        .filter(|name| {
            let is_value = name
                .strip_prefix('v')
                .is_some_and(|n| n.parse::<usize>().is_ok());
            !is_value && environment.globals().all(|(known, _)| known != name)
        })
        .collect();
    names.sort();
    let name = names.first()?;
    Some(format!(
        "`{name}` is no value here: a text stands in quotes, a value in `${{…}}`"
    ))
}

fn fails(environment: &Environment<'_>, name: &str, between: &str, how: ErrorKind) -> bool {
    let probe = format!("none{between}{name}");
    let said = environment.compile_expression(&probe);
    let said = said.and_then(|expression| expression.eval(()));
    said.is_err_and(|error| error.kind() == how)
}

/// What of a word can be a name.
fn name_of(word: &str) -> &str {
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    &word[..word.find(ends).unwrap_or(word.len())]
}
