use std::fmt;

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use totp_rs::Builder;

/// Bytes of a secret: as long as the hash in it, as RFC 4226 asks.
const LENGTH: usize = 20;

/// Who asks for the code, and for whom, as an authenticator shows it.
const ISSUER: &str = "CodePiper";
const ACCOUNT: &str = "owner";

/// The secret that an authenticator shares.
#[derive(Clone)]
pub struct TotpSecret(Vec<u8>);

/// Codes of six digits, a new one every 30 s (RFC 6238, SHA-1), as every authenticator knows them.
pub struct Totp(totp_rs::Totp);

impl TotpSecret {
    /// A new one.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = vec![0; LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The one that was kept.
    pub fn stored(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// What is to be kept, sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as a person types it into an authenticator.
    pub fn reveal(&self) -> String {
        totp_rs::Secret::from(self.0.clone()).to_base32()
    }

    /// The address that an authenticator opens.
    pub fn uri(&self) -> String {
        format!(
            "otpauth://totp/{ISSUER}:{ACCOUNT}?secret={}&issuer={ISSUER}",
            self.reveal()
        )
    }

    /// That address as a picture to be photographed: SVG, dark on light.
    pub fn picture(&self) -> Option<String> {
        let code = QrCode::with_error_correction_level(self.uri(), EcLevel::M).ok()?;
        let mut picture = code.render::<svg::Color<'_>>();
        picture.dark_color(svg::Color("#000"));
        Some(picture.light_color(svg::Color("#fff")).build())
    }

    /// The codes that it makes.
    pub fn totp(&self) -> Totp {
        // The defaults are the ones of the RFC, and one step before and after is accepted.
        Totp(
            Builder::new()
                .with_secret(self.0.clone())
                .build_noncompliant(),
        )
    }
}

impl Totp {
    /// The step that this code is of, where it is right at that time, in seconds since 1970: the
    /// present one, or the one before or after. A step counts once: whoever asks remembers the
    /// last, and takes later ones only.
    pub fn step_of(&self, code: &str, seconds: u64) -> Option<u64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let looks_right = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        looks_right.then_some(())?;
        self.0.check(&digits, seconds)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = TotpSecret::stored(*b"12345678901234567890").totp();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(totp.step_of(code, seconds), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_a_step_early_and_late_and_no_longer() {
        let totp = TotpSecret::stored(*b"12345678901234567890").totp();
        let step = Some(41_152_263);
        for seconds in [1_234_567_860, 1_234_567_890, 1_234_567_949] {
            assert_eq!(totp.step_of("005 924", seconds), step, "{seconds}");
        }
        for seconds in [1_234_567_859, 1_234_567_950] {
            assert_eq!(totp.step_of("005924", seconds), None, "{seconds}");
        }
        for code in ["", "5924", "005925", "00592a", "0059244"] {
            assert_eq!(totp.step_of(code, 1_234_567_890), None, "{code}");
        }
    }

    #[test]
    fn an_authenticator_gets_it_by_hand_by_link_and_by_picture() {
        let secret = TotpSecret::stored(*b"12345678901234567890");
        assert_eq!(secret.reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(secret.uri().contains(&secret.reveal()));
        assert!(secret.picture().unwrap().contains("<svg"));
        assert_eq!(format!("{secret:?}"), "TotpSecret");
    }
}
