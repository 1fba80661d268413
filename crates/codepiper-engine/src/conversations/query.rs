//! What a person looks for, in the syntax of the index.

use codepiper_model::ConversationEntry;

use crate::EngineError;

/// How much is shown around what was found.
const AROUND: usize = 80;

/// Every word, or words in a row, that have to be there.
pub(super) fn expression(text: &str) -> Result<String, EngineError> {
    let terms: Vec<String> = terms(text)
        .map(|(words, is_beginning)| {
            // The index would take a NUL for the end of what is asked for.
            let words = words.replace('\0', " ").replace('"', "\"\"");
            let quoted = format!("\"{words}\"");
            if is_beginning { quoted + "*" } else { quoted }
        })
        .collect();
    if terms.is_empty() {
        let why = "there is no word to look for in `text`; give at least one letter or digit";
        return Err(EngineError::invalid("text", why.to_owned()));
    }
    Ok(terms.join(" AND "))
}

/// The words around the first place where one of them stands.
pub(super) fn excerpt(entry: &ConversationEntry, text: &str) -> String {
    let result = entry.tool.as_ref().and_then(|tool| tool.result.as_deref());
    let places = [Some(entry.text.as_str()), result].into_iter().flatten();
    let wanted: Vec<String> = terms(text).map(|(words, _)| words.to_lowercase()).collect();
    for place in places {
        let lower = place.to_lowercase();
        let found = wanted
            .iter()
            .filter_map(|word| lower.find(word.as_str()))
            .min();
        // Lower case may have other lengths; then the place is a little off.
        if let Some(at) = found {
            return around(place, at);
        }
    }
    around(&entry.text, 0)
}

fn around(text: &str, at: usize) -> String {
    let from = text.floor_char_boundary(at.saturating_sub(AROUND));
    let to = text.floor_char_boundary((at + AROUND * 2).min(text.len()));
    let mut words = text[from..to]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if from > 0 {
        words.insert(0, '…');
    }
    if to < text.len() {
        words.push('…');
    }
    words
}

/// Words, and words in quotes, each with whether only its beginning is given.
fn terms(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let parts = text.split('"').enumerate();
    let terms = parts.flat_map(|(place, part)| {
        let is_quoted = place % 2 == 1;
        let whole = is_quoted.then_some((part, false));
        let words = part.split_whitespace().filter(move |_| !is_quoted);
        whole
            .into_iter()
            .chain(words.map(|word| match word.strip_suffix('*') {
                Some(beginning) => (beginning, true),
                None => (word, false),
            }))
    });
    terms.filter(|(words, _)| words.chars().any(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_as_words_whatever_they_look_like() {
        let made = |text| expression(text).unwrap();
        assert_eq!(made("fix bug"), "\"fix\" AND \"bug\"");
        assert_eq!(
            made("NOT fo*  \"a OR b\""),
            "\"NOT\" AND \"fo\"* AND \"a OR b\""
        );
        assert_eq!(made("x) OR (y"), "\"x)\" AND \"OR\" AND \"(y\"");
        assert_eq!(made("an \"open quote"), "\"an\" AND \"open quote\"");
        assert_eq!(made("a\0b"), "\"a b\"");
        assert!(expression(" \"\" * ").is_err());
    }
}
