use std::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

/// The shortest password, in characters, and the longest, in bytes: hashing takes its time by the
/// byte.
const SHORTEST: usize = 8;
const LONGEST: usize = 1024;

/// Memory in KiB and passes of a hash, as OWASP's Password Storage Cheat Sheet asks for Argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Characters of a generated password: letters and digits that are not taken for one another. 24
/// of these 55 are worth 138 bits.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const GENERATED: usize = 24;

/// A password, which is never printed by accident.
#[derive(Clone)]
pub struct Password(String);

/// What is kept of a password: Argon2id, in the PHC format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordHash(String);

/// It is too easy to guess, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has {SHORTEST} characters or more, and at most {LONGEST} bytes")]
pub struct WeakPassword;

impl Password {
    /// What somebody typed who wants to sign in.
    pub fn typed(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What somebody wants as their password from now on.
    pub fn chosen(text: impl Into<String>) -> Result<Self, WeakPassword> {
        let text = text.into();
        if text.chars().count() < SHORTEST || text.len() > LONGEST {
            return Err(WeakPassword);
        }
        Ok(Self(text))
    }

    /// One that nobody guesses.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut text = String::with_capacity(GENERATED);
        // The bytes past the last whole alphabet would make its beginning more likely.
        let fair = 256 / ALPHABET.len() * ALPHABET.len();
        let mut byte = [0];
        while text.len() < GENERATED {
            getrandom::fill(&mut byte)?;
            let index = usize::from(byte[0]);
            if index < fair {
                text.push(char::from(ALPHABET[index % ALPHABET.len()]));
            }
        }
        Ok(Self(text))
    }

    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is to be kept of it. Takes about 20 ms and 19 MiB.
    pub fn hash(&self) -> Result<PasswordHash, getrandom::Error> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)?;
        let hash = argon2().hash_password_with_salt(self.0.as_bytes(), &salt);
        // It fails for lengths alone, which are ours.
        let hash = hash.map_err(|_| getrandom::Error::UNEXPECTED)?;
        Ok(PasswordHash(hash.to_string()))
    }
}

impl PasswordHash {
    /// What was kept.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What is to be kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this password. Takes about 20 ms and 19 MiB.
    pub fn is_of(&self, password: &Password) -> bool {
        if password.0.len() > LONGEST {
            return false;
        }
        let hash = phc::PasswordHash::new(&self.0);
        hash.is_ok_and(|hash| {
            argon2()
                .verify_password(password.0.as_bytes(), &hash)
                .is_ok()
        })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_one_password_and_never_twice_the_same() {
        let password = Password::chosen("correct horse").unwrap();
        let hash = password.hash().unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hash.is_of(&Password::typed("correct horse")));
        assert!(!hash.is_of(&Password::typed("correct horsf")));
        assert!(!hash.is_of(&Password::typed("")));
        assert!(!hash.is_of(&Password::typed("x".repeat(2000))));
        assert_ne!(password.hash().unwrap(), hash);
        assert!(!PasswordHash::stored("nonsense").is_of(&password));
        assert_eq!(format!("{password:?}"), "Password");
    }

    #[test]
    fn what_is_short_is_no_password_and_what_is_generated_is_a_good_one() {
        assert_eq!(Password::chosen("seven77").unwrap_err(), WeakPassword);
        assert!(Password::chosen("grün und").is_ok());
        assert!(Password::chosen("x".repeat(1025)).is_err());
        let one = Password::generate().unwrap();
        assert_eq!(one.reveal().len(), GENERATED);
        assert!(!one.reveal().contains(['0', 'O', '1', 'l', 'I']));
        assert_ne!(one.reveal(), Password::generate().unwrap().reveal());
    }
}
