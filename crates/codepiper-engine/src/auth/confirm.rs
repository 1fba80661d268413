use std::time::Duration;

use codepiper_auth::Password;
use codepiper_model::{SignIn, Timestamp};
use codepiper_store::{StoreError, sign_ins};

use super::login::after;
use super::tries::refund;
use super::{AuthError, AuthService, Origin};

/// How long a second look counts.
const CONFIRMED: Duration = Duration::from_mins(10);

/// What somebody shows a second time.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The password.
    Password(String),
    /// A code of the authenticator, or a recovery code.
    Code(String),
}

impl AuthService {
    /// Asks the person again, and says until when that counts.
    pub async fn confirm(
        &self,
        by: &SignIn,
        proof: Proof,
        origin: &Origin,
    ) -> Result<Timestamp, AuthError> {
        let source = origin.source();
        self.charge(&source).await?;
        let account = self.account().await?;
        let (is_right, code) = match proof {
            Proof::Password(text) => {
                let password = Password::typed(text);
                (self.is_password(password, &account).await?, None)
            }
            Proof::Code(text) => {
                let code = self.code(&account, Some(&text))?;
                (code.is_some(), code)
            }
        };
        if !is_right {
            self.note_refused(&source).await;
            return Err(AuthError::InvalidCredentials);
        }
        let (id, now) = (by.id.clone(), self.clock.now());
        let confirmed = self.store.write(move |tx| {
            refund(tx, &source)?;
            sign_ins::confirm(tx, &id, now)?;
            code.map_or(Ok(()), |code| code.use_up(tx))
        });
        match confirmed.await {
            // Somebody was faster with the same code.
            Err(StoreError::NotFound) => Err(AuthError::InvalidCredentials),
            result => Ok(result.map(|()| after(now, CONFIRMED))?),
        }
    }

    /// Refuses what needs a second look and has had none of late.
    pub fn look_again(&self, by: &SignIn) -> Result<(), AuthError> {
        let now = self.clock.now();
        let counts = |at| after(at, CONFIRMED) > now;
        if by.confirmed_at.is_some_and(counts) {
            return Ok(());
        }
        Err(AuthError::ConfirmRequired)
    }
}
