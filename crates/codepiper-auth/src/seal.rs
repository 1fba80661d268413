use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;

/// What secrets are sealed with: XChaCha20-Poly1305, so that nobody without it can read them, or
/// change them without being found out.
#[derive(Clone)]
pub struct Key([u8; KEY_LENGTH]);

/// These bytes are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key has {KEY_LENGTH} bytes, not {0}")]
pub struct KeyError(usize);

/// What was sealed cannot be read: with another key, for another place, or changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was sealed with another key or for another place, or it was changed")]
pub struct Unreadable;

impl Key {
    /// A new one.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; KEY_LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The one that was kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| KeyError(bytes.len()))
    }

    /// What is to be kept of it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Seals a secret for one place, which is not part of what is sealed: it cannot be read in
    /// another one.
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
        let mut nonce = [0; NONCE_LENGTH];
        getrandom::fill(&mut nonce)?;
        let aad = place.as_bytes();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad });
        // It fails only for more bytes than memory holds.
        let sealed = sealed.map_err(|_| getrandom::Error::UNEXPECTED)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Reads what was sealed for a place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let (nonce, msg) = sealed
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or(Unreadable)?;
        let aad = place.as_bytes();
        let opened = self
            .cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad });
        opened.map_err(|_| Unreadable)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_with_the_same_key_in_the_same_place_and_unchanged_only() {
        let key = Key::generate().unwrap();
        let sealed = key.seal("here", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));
        assert_eq!(key.open("here", &sealed).unwrap(), b"secret");
        assert_eq!(key.open("there", &sealed), Err(Unreadable));
        assert_eq!(
            Key::generate().unwrap().open("here", &sealed),
            Err(Unreadable)
        );
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert_eq!(key.open("here", &changed), Err(Unreadable), "byte {i}");
            assert_eq!(key.open("here", &sealed[..i]), Err(Unreadable));
        }
        assert_ne!(
            key.seal("here", b"secret").unwrap(),
            sealed,
            "a nonce is used once"
        );
        let kept = Key::from_bytes(key.as_bytes()).unwrap();
        assert_eq!(kept.open("here", &sealed).unwrap(), b"secret");
        assert_eq!(Key::from_bytes(b"short").unwrap_err(), KeyError(5));
    }
}
