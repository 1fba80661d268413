use codepiper_auth::{RecoveryCode, RecoveryHash, Token, TotpSecret};
use codepiper_model::{EntryKind, SignIn, SignInStage};
use codepiper_store::{Transaction, account, sign_ins};
use serde_json::json;

use super::login::TOTP_PLACE;
use super::{AuthError, AuthService, Origin, SignedIn, used_up};
use crate::EngineError;
use crate::audit::note;

/// Recovery codes that come with an authenticator.
const RECOVERY_CODES: usize = 8;

/// A secret for an authenticator that has not proved yet that it has it.
#[derive(Clone, Debug)]
pub struct AuthenticatorOffer {
    /// The secret as a person types it.
    pub secret: String,
    /// The address that an authenticator opens.
    pub uri: String,
    /// That address as a picture: SVG.
    pub picture: String,
}

/// What comes of a verified authenticator. The recovery codes are told once.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Each opens the door once.
    pub recovery_codes: Vec<String>,
    /// The browser that set it up, where it was not signed in before.
    pub signed_in: Option<SignedIn>,
}

impl AuthService {
    /// Offers a secret: the same one until it is verified, however often a page is opened.
    pub async fn offer_authenticator(&self, by: &SignIn) -> Result<AuthenticatorOffer, AuthError> {
        self.may_enrol(by).await?;
        let secret = TotpSecret::generate().map_err(EngineError::internal)?;
        let _hold = self.key.hold().await;
        let sealed = self.key.seal(TOTP_PLACE, secret.as_bytes())?;
        let at = self.clock.now();
        let kept = self
            .store
            .write(move |tx| account::offer_totp(tx, &sealed, at));
        let secret = self.unsealed(&kept.await?)?;
        Ok(AuthenticatorOffer {
            secret: secret.reveal(),
            uri: secret.uri(),
            picture: secret.picture().unwrap_or_default(),
        })
    }

    /// Makes the offered secret the one that counts, once its authenticator has made a code of it.
    pub async fn verify_authenticator(
        &self,
        by: &SignIn,
        code: &str,
        origin: &Origin,
    ) -> Result<Enrolled, AuthError> {
        self.may_enrol(by).await?;
        let offered = self.account().await?.totp_pending;
        let offered = offered.ok_or(AuthError::NothingOffered)?;
        let secret = self.unsealed(&offered)?;
        let step = secret.totp().step_of(code, self.seconds());
        let step = step.ok_or(AuthError::InvalidCode)?;
        let codes: Result<Vec<_>, _> = (0..RECOVERY_CODES)
            .map(|_| RecoveryCode::generate())
            .collect();
        let codes = codes.map_err(EngineError::internal)?;
        let hashes = codes.iter().map(RecoveryCode::hash);
        let hashes: Vec<String> = hashes
            .map(|hash: RecoveryHash| hash.as_str().to_owned())
            .collect();
        let (at, was) = (self.clock.now(), by.clone());
        let enrol = move |tx: &Transaction<'_>| {
            used_up(account::verify_totp(tx, &offered, step, &hashes, at)?)?;
            if was.stage == SignInStage::Onboarding {
                // The browser gets another token: one that was seen before is worth nothing.
                sign_ins::delete(tx, &was.id)?;
            }
            note(
                tx,
                EntryKind::AuthenticatorChanged,
                &json!({ "signIn": was.id }),
                at,
            )
        };
        let signed_in = if by.stage == SignInStage::Onboarding {
            let token = Token::generate().map_err(EngineError::internal)?;
            Some(self.let_in(SignInStage::Full, origin, token, enrol).await?)
        } else {
            self.store.write(enrol).await?;
            None
        };
        self.drop_first_password();
        Ok(Enrolled {
            recovery_codes: codes.iter().map(RecoveryCode::reveal).collect(),
            signed_in,
        })
    }

    /// Who has only the password may enrol the first authenticator; who is signed in, a new one,
    /// after a second look: a stolen cookie is not enough.
    async fn may_enrol(&self, by: &SignIn) -> Result<(), AuthError> {
        if by.stage == SignInStage::Full {
            return self.look_again(by);
        }
        if self.account().await?.totp.is_some() {
            return Err(AuthError::ConfirmRequired);
        }
        Ok(())
    }

    fn unsealed(&self, sealed: &[u8]) -> Result<TotpSecret, EngineError> {
        let secret = self.key.open(TOTP_PLACE, sealed);
        Ok(TotpSecret::stored(secret.map_err(EngineError::internal)?))
    }
}
