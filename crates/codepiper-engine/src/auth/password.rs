use std::path::Path;

use codepiper_auth::Password;
use codepiper_model::{EntryKind, SignIn};
use codepiper_store::{Transaction, account, sign_ins};
use serde_json::json;

use super::tries::refund;
use super::{AuthError, AuthService, Origin};
use crate::EngineError;
use crate::audit::note;
use crate::config::write_private;

/// What the owner's own terminal resets the password to.
#[derive(Clone, Debug)]
pub enum Reset {
    /// To this.
    To(String),
    /// To one that nobody guesses.
    Generated,
}

impl AuthService {
    /// Makes the first password where there is none, and returns it: this is the only time.
    pub async fn first_password(&self) -> Result<Option<Password>, EngineError> {
        if self.status().await?.has_password {
            return Ok(None);
        }
        let password = Password::generate().map_err(EngineError::internal)?;
        self.set_password(&password, None, None).await?;
        Ok(Some(password))
    }

    /// Keeps the first password in a file that only its owner can read, until it is used.
    pub fn keep_first_password(&self, password: &Password) -> Result<&Path, EngineError> {
        write_private(&self.first_password_file, password.reveal().as_bytes())?;
        Ok(&self.first_password_file)
    }

    /// Somebody has come in with it, or there is another one.
    pub(super) fn drop_first_password(&self) {
        drop(fs_err::remove_file(&self.first_password_file));
    }

    /// Gives the person another password, who proves to be that person with the old one. Every
    /// other sign-in ends.
    pub async fn change_password(
        &self,
        by: &SignIn,
        old: String,
        new: String,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let new = Password::chosen(new)?;
        let source = origin.source();
        self.charge(&source).await?;
        let account = self.account().await?;
        if !self.is_password(Password::typed(old), &account).await? {
            self.note_refused(&source).await;
            return Err(AuthError::InvalidCredentials);
        }
        self.set_password(&new, Some(by.id.clone()), Some(source))
            .await?;
        Ok(())
    }

    /// Sets the password from the owner's own terminal, without the old one, and returns it. Every
    /// sign-in ends, and so does the waiting after wrong tries.
    pub async fn reset_password(&self, to: Reset) -> Result<Password, AuthError> {
        let password = match to {
            Reset::To(text) => Password::chosen(text)?,
            Reset::Generated => Password::generate().map_err(EngineError::internal)?,
        };
        self.set_password(&password, None, None).await?;
        Ok(password)
    }

    /// Takes the authenticator away from the owner's own terminal: the password opens the set-up
    /// of another one. Every sign-in ends.
    pub async fn reset_authenticator(&self) -> Result<(), EngineError> {
        let at = self.clock.now();
        let write = move |tx: &Transaction<'_>| {
            account::clear_totp(tx, at)?;
            sign_ins::delete_others(tx, None)?;
            note(
                tx,
                EntryKind::AuthenticatorChanged,
                &json!({ "reset": true }),
                at,
            )
        };
        self.store.write(write).await?;
        self.say_ended();
        Ok(())
    }

    pub(super) async fn set_password(
        &self,
        password: &Password,
        keep: Option<String>,
        source: Option<String>,
    ) -> Result<(), EngineError> {
        let hash = self.hash(password.clone()).await?;
        let at = self.clock.now();
        let write = move |tx: &Transaction<'_>| {
            account::set_password(tx, hash.as_str(), at)?;
            sign_ins::delete_others(tx, keep.as_deref())?;
            match source {
                Some(source) => refund(tx, &source)?,
                None => sign_ins::forget_tries(tx, i64::MAX)?,
            }
            note(
                tx,
                EntryKind::PasswordChanged,
                &json!({ "signIn": keep }),
                at,
            )
        };
        self.store.write(write).await?;
        self.drop_first_password();
        self.say_ended();
        Ok(())
    }
}
