//! The words of a condition.

use crate::template::Reference;

#[derive(Clone, Debug)]
pub(crate) enum Token {
    Reference(Reference),
    /// A text in quotes.
    Text(String),
    Word(String),
    Compare(&'static str),
    /// `and`, `or`, `not`, `if`, `else` or a comma.
    Joint(&'static str),
    Pipe,
    Group(char, Vec<Token>, char),
}

impl Token {
    pub(crate) fn as_word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn is_joint_but_comma(&self) -> bool {
        matches!(self, Self::Joint(word) if *word != ",")
    }
}

/// A part of a sequence.
pub(crate) enum Side<'t> {
    Joint(&'static str),
    Operand(&'t [Token]),
}

/// The signs, longest first.
const SIGNS: [&str; 8] = ["===", "!==", "==", "!=", ">=", "<=", ">", "<"];

/// How deep parentheses may be nested.
const DEPTH_MAX: usize = 30;

pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut rest = text;
    let tokens = group(&mut rest, None, 0)?;
    Ok(tokens)
}

/// What stands between joints, and the joints.
pub(crate) fn parts(tokens: &[Token]) -> Vec<Side<'_>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, token) in tokens.iter().enumerate() {
        if let Token::Joint(word) = token {
            if at > from {
                parts.push(Side::Operand(&tokens[from..at]));
            }
            parts.push(Side::Joint(word));
            from = at + 1;
        }
    }
    if from < tokens.len() {
        parts.push(Side::Operand(&tokens[from..]));
    }
    parts
}

fn group(rest: &mut &str, until: Option<char>, depth: usize) -> Result<Vec<Token>, String> {
    if depth > DEPTH_MAX {
        return Err("parentheses are nested too deep".to_owned());
    }
    let mut tokens: Vec<Token> = Vec::new();
    loop {
        *rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return match until {
                None => Ok(tokens),
                Some(close) => Err(format!("a `{close}` is missing")),
            };
        };
        if Some(first) == until {
            *rest = &rest[1..];
            return Ok(tokens);
        }
        tokens.push(one(rest, first, &tokens, depth)?);
    }
}

fn one(rest: &mut &str, first: char, before: &[Token], depth: usize) -> Result<Token, String> {
    if rest.starts_with("${") {
        let Some(end) = rest.find('}') else {
            return Err("a `${` is not closed with `}`".to_owned());
        };
        let reference = Reference::parse(&rest[2..end])?;
        *rest = &rest[end + 1..];
        return Ok(Token::Reference(reference));
    }
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        *rest = &rest[sign.len()..];
        return Ok(Token::Compare(sign));
    }
    for (sign, word) in [("&&", "and"), ("||", "or"), ("!", "not"), (",", ",")] {
        if let Some(after) = rest.strip_prefix(sign) {
            *rest = after;
            return Ok(Token::Joint(word));
        }
    }
    match first {
        '\'' | '"' => quoted(rest, first),
        '(' | '[' | '{' => {
            let close = match first {
                '(' => ')',
                '[' => ']',
                _ => '}',
            };
            *rest = &rest[1..];
            Ok(Token::Group(
                first,
                group(rest, Some(close), depth + 1)?,
                close,
            ))
        }
        ')' | ']' | '}' => Err(format!("a `{first}` closes nothing")),
        '|' => {
            *rest = &rest[1..];
            Ok(Token::Pipe)
        }
        _ => Ok(word(rest, before)),
    }
}

fn quoted(rest: &mut &str, quote: char) -> Result<Token, String> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                // The template reads this one.
                Some((_, '$')) => text.push_str("\\$"),
                Some((_, other)) => text.push(other),
                None => break,
            },
            letter if letter == quote => {
                *rest = &rest[at + 1..];
                return Ok(Token::Text(text));
            }
            letter => text.push(letter),
        }
    }
    Err(format!("a `{quote}` is not closed"))
}

fn word(rest: &mut &str, before: &[Token]) -> Token {
    let ends = |c: char| c.is_whitespace() || "'\"()[]{},|=!<>&".contains(c);
    let mut end = rest.find(ends).unwrap_or(rest.len());
    end = rest[..end].find("${").unwrap_or(end);
    // A letter that ends words and begins nothing is a word of its own.
    let end = match end {
        0 => rest.chars().next().map_or(0, char::len_utf8),
        end => end,
    };
    let word = &rest[..end];
    *rest = &rest[end..];
    let follows = |said: &str| before.last().and_then(Token::as_word) == Some(said);
    match word {
        "and" => Token::Joint("and"),
        "or" => Token::Joint("or"),
        "not" if !follows("is") && !rest.trim_start().starts_with("in ") => Token::Joint("not"),
        "if" => Token::Joint("if"),
        "else" => Token::Joint("else"),
        other => Token::Word(other.to_owned()),
    }
}
