use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;

use crate::push::random_secret;

/// What a daemon proves to push services with that it is the one whom a browser allowed to send
/// (RFC 8292).
#[derive(Clone)]
pub struct VapidKey(SecretKey);

/// These bytes are no key of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no private key on the curve P-256")]
pub struct VapidKeyError;

impl VapidKey {
    /// A new one.
    pub fn generate() -> Result<Self, getrandom::Error> {
        random_secret().map(Self)
    }

    /// The one that was kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VapidKeyError> {
        SecretKey::from_slice(bytes)
            .map(Self)
            .map_err(|_| VapidKeyError)
    }

    /// What is to be kept of it, sealed.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes().into()
    }

    /// What browsers are given as `applicationServerKey`.
    pub fn public(&self) -> String {
        let point = self.0.public_key().to_sec1_point(false);
        Base64UrlUnpadded::encode_string(point.as_bytes())
    }

    /// The header `Authorization` for one push service, by its origin. `until` is in seconds since
    /// 1970, and services refuse what is more than a day away; `contact` is a `https:` or `mailto:` URL,
    /// where they can complain.
    pub fn authorization(&self, origin: &str, contact: &str, until: i64) -> String {
        let claims = format!(
            r#"{{"aud":"{}","exp":{until},"sub":"{}"}}"#,
            escaped(origin),
            escaped(contact)
        );
        let header = Base64UrlUnpadded::encode_string(br#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = Base64UrlUnpadded::encode_string(claims.as_bytes());
        let signed = format!("{header}.{claims}");
        let signature: Signature = SigningKey::from(&self.0).sign(signed.as_bytes());
        let signature = Base64UrlUnpadded::encode_string(&signature.to_bytes());
        format!("vapid t={signed}.{signature}, k={}", self.public())
    }
}

/// URLs have neither of these unescaped; nothing that is not one gets a second claim in.
fn escaped(text: &str) -> String {
    let is_plain = |c: &char| !c.is_control() && !matches!(c, '"' | '\\');
    text.chars().filter(is_plain).collect()
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VapidKey")
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;

    #[test]
    fn a_service_can_check_who_sends_with_what_the_browser_was_given() {
        let key = VapidKey::generate().unwrap();
        let kept = VapidKey::from_bytes(&key.to_bytes()).unwrap();
        assert_eq!(kept.public(), key.public());
        let header =
            kept.authorization("https://push.example", "mailto:a@b.example", 1_800_000_000);
        let (token, public) = header
            .strip_prefix("vapid t=")
            .and_then(|rest| rest.split_once(", k="))
            .unwrap();
        assert_eq!(public, key.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = Base64UrlUnpadded::decode_vec(public).unwrap();
        let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
        VerifyingKey::from_sec1_bytes(&public)
            .unwrap()
            .verify(
                signed.as_bytes(),
                &Signature::from_slice(&signature).unwrap(),
            )
            .unwrap();
        let claims = signed.split_once('.').unwrap().1;
        assert_eq!(
            Base64UrlUnpadded::decode_vec(claims).unwrap(),
            br#"{"aud":"https://push.example","exp":1800000000,"sub":"mailto:a@b.example"}"#
        );
        assert!(VapidKey::from_bytes(&[0; 32]).is_err());
        assert!(!format!("{key:?}").contains(&key.public()));
    }
}
