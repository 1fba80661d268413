//! Reading JSON that is legal but that `serde_json` refuses.

use serde_json::Value;

/// The value. A half of a surrogate pair, which JavaScript writes as `\ud83d`, becomes the
/// replacement character. `None` for what is no JSON, or nested deeper than 128 levels.
pub(crate) fn read(json: &str) -> Option<Value> {
    match serde_json::from_str(json) {
        Ok(value) => Some(value),
        Err(_) => serde_json::from_str(&without_halves(json)).ok(),
    }
}

/// Replaces the escapes of surrogates that have no other half.
fn without_halves(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                text.push('\u{fffd}');
                rest = &escape[6..];
                continue;
            }
            // The backslash and whatever it escapes, which may be a backslash.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        text.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    text.push_str(rest);
    text
}

/// The UTF-16 unit of an escape such as `\ud83d` at the beginning of `text`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn half_a_character_does_not_hide_the_rest() {
        assert_eq!(
            read(r#"{"command":"rm -rf / \ud83d x \udc00","ok":"\ud83d\ude00 \\ud83d"}"#),
            Some(json!({ "command": "rm -rf / \u{fffd} x \u{fffd}", "ok": "😀 \\ud83d" }))
        );
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        for json in [deep.as_str(), "{", r#"{"a":"\u12"}"#, r#""\"#, ""] {
            assert_eq!(read(json), None);
        }
    }
}
