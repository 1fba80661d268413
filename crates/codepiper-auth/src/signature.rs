use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::token::hex;

/// What is said beside a message so that who has the secret can tell that it comes from who has it too,
/// and when it was sent: `t=<unix>,v1=<HMAC-SHA256 of "t.body">`. An old one is no proof of anything
/// new, for the time is signed.
pub fn signature(secret: &[u8], unix: i64, body: &[u8]) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(unix.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("t={unix},v1={}", hex(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compared with `printf '1492774577.{"a":1}' | openssl dgst -sha256 -hmac secret`.
    #[test]
    fn it_is_what_everybody_else_computes() {
        let said = signature(b"secret", 1_492_774_577, br#"{"a":1}"#);
        assert_eq!(
            said,
            "t=1492774577,v1=ff8d5f25d7eee08192b9853d29d5e538b200ea9882f0a5f1be60b41cefdc5d79"
        );
        assert_ne!(said, signature(b"Secret", 1_492_774_577, br#"{"a":1}"#));
    }
}
