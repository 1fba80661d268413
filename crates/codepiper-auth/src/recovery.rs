use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::token::hex;

/// Bytes of a code: too many to be guessed even by who has its hash.
const LENGTH: usize = 10;

/// Digits between two dashes.
const GROUP: usize = 5;

/// What opens the door once when the authenticator is lost, such as `1f0c9-…`.
#[derive(Clone)]
pub struct RecoveryCode(String);

/// What is kept of a recovery code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryHash(String);

impl RecoveryCode {
    /// A new one.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex(&bytes)))
    }

    /// What somebody typed, where that looks like one: case, dashes and spaces do not matter.
    pub fn typed(text: &str) -> Option<Self> {
        let digits = text.chars().filter(|c| !matches!(c, '-' | ' '));
        let digits: String = digits.map(|c| c.to_ascii_lowercase()).collect();
        let looks_right =
            digits.len() == 2 * LENGTH && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        looks_right.then_some(Self(digits))
    }

    /// The code as a person writes it down.
    pub fn reveal(&self) -> String {
        let mut shown = String::with_capacity(self.0.len() + 3);
        for (i, digit) in self.0.chars().enumerate() {
            if i > 0 && i % GROUP == 0 {
                shown.push('-');
            }
            shown.push(digit);
        }
        shown
    }

    /// What is to be kept of it.
    pub fn hash(&self) -> RecoveryHash {
        RecoveryHash(hex(&Sha256::digest(&self.0)))
    }
}

impl RecoveryHash {
    /// What was kept.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What is to be kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is of this code.
    pub fn is_of(&self, code: &RecoveryCode) -> bool {
        self.0.as_bytes().ct_eq(code.hash().0.as_bytes()).into()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_written() {
        let code = RecoveryCode::generate().unwrap();
        let kept = RecoveryHash::stored(code.hash().as_str());
        let shown = code.reveal();
        assert_eq!((shown.len(), shown.matches('-').count()), (23, 3));
        for typed in [shown.clone(), shown.to_uppercase(), shown.replace('-', " ")] {
            assert!(kept.is_of(&RecoveryCode::typed(&typed).unwrap()), "{typed}");
        }
        assert!(!kept.is_of(&RecoveryCode::generate().unwrap()));
        for wrong in ["", "123456", &shown[1..], &shown.replace('-', "x")] {
            assert!(RecoveryCode::typed(wrong).is_none(), "{wrong}");
        }
    }
}
