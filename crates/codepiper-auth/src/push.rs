//! Messages that only one browser can read, whoever carries them there (RFC 8291, RFC 8188).

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes128Gcm, Nonce};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey, ecdh};
use sha2::Sha256;

const AUTH_LENGTH: usize = 16;
const SALT_LENGTH: usize = 16;

/// The longest message: more than this no push service has to take, with all that is put around it.
pub const PUSH_MAX: usize = 3993;

/// The size of the one record, which is what a receiver has to be able to take.
const RECORD: u32 = 4096;

/// What a browser hands out so that it can be told something.
#[derive(Clone)]
pub struct PushKeys {
    public: PublicKey,
    auth: [u8; AUTH_LENGTH],
}

/// What was handed out is not what browsers hand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushKeysError {
    /// Of the public key.
    #[error("`p256dh` is no public key on the curve P-256 in base64url")]
    Public,
    /// Of the secret.
    #[error("`auth` is not {AUTH_LENGTH} bytes in base64url")]
    Auth,
}

/// A message could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// It is too long.
    #[error("a push message has at most {PUSH_MAX} bytes, not {0}")]
    TooLong(usize),
    /// There was no randomness, or the cipher refused.
    #[error("a push message could not be sealed")]
    Unsealed,
}

impl PushKeys {
    /// Reads both as `PushSubscription.toJSON()` has them; padding does not matter.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, PushKeysError> {
        let public = decode(p256dh).ok_or(PushKeysError::Public)?;
        let public = PublicKey::from_sec1_bytes(&public).map_err(|_| PushKeysError::Public)?;
        let auth = decode(auth).and_then(|auth| auth.try_into().ok());
        let auth = auth.ok_or(PushKeysError::Auth)?;
        Ok(Self { public, auth })
    }

    /// Seals a message, each time with a key pair of its own: the body to post, with
    /// `Content-Encoding: aes128gcm`.
    pub fn seal(&self, message: &[u8]) -> Result<Vec<u8>, PushError> {
        let mut salt = [0; SALT_LENGTH];
        getrandom::fill(&mut salt).map_err(|_| PushError::Unsealed)?;
        let own = random_secret().map_err(|_| PushError::Unsealed)?;
        self.seal_with(message, &own, salt)
    }

    fn seal_with(
        &self,
        message: &[u8],
        own: &SecretKey,
        salt: [u8; SALT_LENGTH],
    ) -> Result<Vec<u8>, PushError> {
        if message.len() > PUSH_MAX {
            return Err(PushError::TooLong(message.len()));
        }
        let shared = ecdh::diffie_hellman(own.to_nonzero_scalar(), self.public.as_affine());
        let theirs = self.public.to_sec1_point(false);
        let ours = own.public_key().to_sec1_point(false);
        let info = [b"WebPush: info\0", theirs.as_bytes(), ours.as_bytes()].concat();
        let input: [u8; 32] = expand(&self.auth, shared.raw_secret_bytes(), &info)?;
        let key: [u8; 16] = expand(&salt, &input, b"Content-Encoding: aes128gcm\0")?;
        let nonce: [u8; 12] = expand(&salt, &input, b"Content-Encoding: nonce\0")?;
        // The only record is the last one, which 2 says; there is no padding behind it.
        let record = [message, &[2]].concat();
        let sealed = Aes128Gcm::new(&key.into())
            .encrypt(&Nonce::from(nonce), record.as_slice())
            .map_err(|_| PushError::Unsealed)?;
        let id = ours.as_bytes();
        let length = u8::try_from(id.len()).map_err(|_| PushError::Unsealed)?;
        Ok([
            &salt,
            RECORD.to_be_bytes().as_slice(),
            &[length],
            id,
            &sealed,
        ]
        .concat())
    }
}

fn expand<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> Result<[u8; N], PushError> {
    let mut output = [0; N];
    Hkdf::<Sha256>::new(Some(salt), input)
        .expand(info, &mut output)
        .map_err(|_| PushError::Unsealed)?;
    Ok(output)
}

/// A key that nobody else has. Almost every 32 bytes are one.
pub(crate) fn random_secret() -> Result<SecretKey, getrandom::Error> {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        if let Ok(secret) = SecretKey::from_slice(&bytes) {
            return Ok(secret);
        }
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_is_sealed_as_it_says() {
        let keys = PushKeys::parse(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .unwrap();
        let own = decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        let salt = decode("DGv6ra1nlYgDCS1FRnbzlw").unwrap();
        let sealed = keys
            .seal_with(
                b"When I grow up, I want to be a watermelon",
                &SecretKey::from_slice(&own).unwrap(),
                salt.try_into().unwrap(),
            )
            .unwrap();
        assert_eq!(
            Base64UrlUnpadded::encode_string(&sealed),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
             mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
             pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn a_message_is_never_sealed_the_same_way_twice_and_fits_into_what_services_take() {
        let own = random_secret().unwrap().public_key().to_sec1_point(false);
        let p256dh = Base64UrlUnpadded::encode_string(own.as_bytes());
        let keys = PushKeys::parse(&p256dh, "BTBZMqHH6r4Tts7J_aSIgg==").unwrap();
        assert_ne!(keys.seal(b"once").unwrap(), keys.seal(b"once").unwrap());
        assert_eq!(keys.seal(&[b'x'; PUSH_MAX]).unwrap().len(), 4096);
        let long = keys.seal(&[b'x'; PUSH_MAX + 1]).unwrap_err();
        assert_eq!(long, PushError::TooLong(PUSH_MAX + 1));
        let refused = |p256dh: &str, auth: &str| PushKeys::parse(p256dh, auth).err();
        assert_eq!(refused(&p256dh, "short"), Some(PushKeysError::Auth));
        assert_eq!(
            refused("BBBB", "BTBZMqHH6r4Tts7J_aSIgg"),
            Some(PushKeysError::Public)
        );
    }
}
