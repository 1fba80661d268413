use std::fmt::Write as _;

/// Whether a character shows nothing, and may change what is shown around it: it controls the
/// terminal or the direction of text, or has no width.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// JSON in which nothing acts where it is shown: what is unseen stands as `\u…`. Only strings have
/// any of it, so the value stays the same.
pub fn escape_unseen(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii_whitespace() || !is_unseen(c) {
            escaped.push(c);
        } else {
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(c));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_is_the_same_value_and_nothing_of_it_acts() {
        let text = "é 漢字 \u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{2066}\u{200b}\n\"";
        let json = serde_json::to_string_pretty(&[text, "x"]).unwrap();
        let escaped = escape_unseen(&json);
        assert!(escaped.contains("\\u009b31m\\u202e\\u2066"), "{escaped}");
        assert!(!escaped.chars().any(|c| c != '\n' && is_unseen(c)));
        let read: [String; 2] = serde_json::from_str(&escaped).unwrap();
        assert_eq!(read[0], text);
    }
}
