//! The parser, kept within bounds.
//!
//! It recurses: about 600 nested constructs overflow a thread's stack, which nothing can catch.
//! Its time and memory grow with the text. So lines that are too long or could be nested too deep
//! are not given to it; they cannot be read, and a person decides.

use std::panic::catch_unwind;

use brush_parser::ast::Program;
use brush_parser::{ParserOptions, Token, TokenizerOptions, parse_tokens, uncached_tokenize_str};

use super::ends;

/// The longest line.
const BYTES_MAX: usize = 64 * 1024;
/// The most expansions, quoted or not: they nest within words.
const EXPANSIONS_MAX: usize = 400;
/// The most words and operators that open a construct; one in a hundred could be nested.
const OPENERS_MAX: usize = 100;

/// The program that `text` is, unless a shell would find it wrong or it is out of bounds.
pub(super) fn parse(text: &str) -> Option<Program> {
    if text.len() > BYTES_MAX || has_odd_characters(text) || expansions(text) > EXPANSIONS_MAX {
        return None;
    }
    // A panic in a parser of foreign text is a text that cannot be read.
    catch_unwind(|| {
        let tokens = uncached_tokenize_str(text, &TokenizerOptions::default()).ok()?;
        let openers = tokens.iter().filter(|token| opens(token)).count();
        let is_odd =
            |token: &Token| has_many_subscripts(token) || ends::may_be_elsewhere(token.to_str());
        if openers > OPENERS_MAX || tokens.iter().any(is_odd) {
            return None;
        }
        parse_tokens(&tokens, &ParserOptions::default()).ok()
    })
    .ok()
    .flatten()
}

/// Control characters have no place in a line, and a file descriptor of ten digits is too large
/// for the parser.
fn has_odd_characters(text: &str) -> bool {
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    let mut digits = 0;
    text.chars().any(|c| {
        let is_descriptor = digits > 8 && matches!(c, '<' | '>');
        digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
        is_descriptor || is_odd(c)
    })
}

fn expansions(text: &str) -> usize {
    let pairs = text.as_bytes().windows(2);
    let opened = pairs.filter(|pair| {
        matches!(
            pair,
            [b'$', b'(' | b'{' | b'['] | [b'<' | b'>' | b'@' | b'+' | b'!' | b'?' | b'*', b'(']
        )
    });
    opened.count() + text.matches('`').count()
}

/// `a[a[a[…]]]=1` takes the parser more than linear time.
fn has_many_subscripts(token: &Token) -> bool {
    const SUBSCRIPTS_MAX: usize = 20;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let text = token.to_str();
    let is_element = text.trim_start_matches(is_name).starts_with('[');
    is_element && text.matches('[').count() > SUBSCRIPTS_MAX
}

fn opens(token: &Token) -> bool {
    match token {
        Token::Operator(text, _) => text.starts_with('('),
        Token::Word(text, _) => matches!(
            text.as_str(),
            "{" | "if"
                | "elif"
                | "while"
                | "until"
                | "for"
                | "case"
                | "function"
                | "coproc"
                | "!"
                | "time"
                | "[["
        ),
    }
}
