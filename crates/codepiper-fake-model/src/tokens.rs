//! Numbers of tokens that a test can work out beforehand: four bytes are one.

use serde_json::Value;

const BYTES_PER_TOKEN: usize = 4;

/// Tokens of a text; nothing is 0, anything else at least 1.
pub(crate) fn tokens(text: &str) -> usize {
    text.len().div_ceil(BYTES_PER_TOKEN)
}

/// Tokens of a JSON value as it is written.
pub(crate) fn written(value: &Value) -> usize {
    if value.is_null() {
        0
    } else {
        tokens(&value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_bytes_are_a_token() {
        assert_eq!(
            [tokens(""), tokens("a"), tokens("abcd"), tokens("abcde")],
            [0, 1, 1, 2]
        );
    }
}
