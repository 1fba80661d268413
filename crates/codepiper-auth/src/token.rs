use std::fmt;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

const LENGTH: usize = 32;

/// What a browser proves its sign-in with: 32 random bytes, as 64 digits of hexadecimal.
#[derive(Clone)]
pub struct Token(String);

/// What is kept of a token. The token has all the randomness that a hash can hold, so this needs
/// no salt and no slowness.
#[derive(Clone, Copy, Debug, Eq)]
pub struct TokenHash([u8; LENGTH]);

impl Token {
    /// A new one.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex(&bytes)))
    }

    /// What a browser showed, where that looks like one.
    pub fn shown(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let looks_right = text.len() == 2 * LENGTH && text.bytes().all(is_digit);
        looks_right.then(|| Self(text.to_owned()))
    }

    /// The token itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is to be kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(&self.0).into())
    }
}

impl TokenHash {
    /// What was kept.
    pub fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// What is to be kept.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_again_by_its_hash() {
        let token = Token::generate().unwrap();
        let kept = TokenHash::stored(token.hash().as_bytes()).unwrap();
        let shown = Token::shown(token.reveal()).unwrap();
        assert_eq!(shown.hash(), kept);
        assert_ne!(Token::generate().unwrap().hash(), kept);
        assert!(!token.reveal().contains(&hex(kept.as_bytes())));
    }

    #[test]
    fn what_does_not_look_like_one_is_none() {
        let upper = "A".repeat(64);
        for text in ["", "abc", &upper, &"g".repeat(64), &"a".repeat(65)] {
            assert!(Token::shown(text).is_none(), "{text}");
        }
    }
}
