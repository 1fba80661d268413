use std::time::Duration;

use codepiper_auth::Token;
use codepiper_model::{EntryKind, SignIn};
use codepiper_store::{Transaction, sign_ins};
use serde_json::json;
use tokio::time::timeout;

use super::login::{SIGNED_IN, after};
use super::{AuthError, AuthService};
use crate::EngineError;
use crate::audit::note;

/// How often it is written down that a sign-in was used.
const TOUCHED: Duration = Duration::from_mins(1);

/// How long until it is looked at again whether a sign-in has run out, at least and at most.
const SOON: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_hours(1);

impl AuthService {
    /// Whose token that is, where it is somebody's. Using it makes it last longer.
    pub async fn sign_in_of(&self, token: &Token) -> Result<Option<SignIn>, EngineError> {
        let (hash, now) = (token.hash(), self.clock.now());
        let found = self
            .store
            .read(move |db| sign_ins::of_token(db, hash.as_bytes(), now));
        let Some(mut sign_in) = found.await? else {
            return Ok(None);
        };
        let is_full = sign_in.stage == codepiper_model::SignInStage::Full;
        if is_full && after(sign_in.last_used_at, TOUCHED) <= now {
            sign_in.last_used_at = now;
            sign_in.expires_at = after(now, SIGNED_IN);
            let touched = sign_in.clone();
            let write = move |tx: &Transaction<'_>| {
                sign_ins::touch(tx, &touched.id, touched.last_used_at, touched.expires_at)
            };
            self.store.write(write).await?;
        }
        Ok(Some(sign_in))
    }

    /// Every browser that is signed in.
    pub async fn sign_ins(&self) -> Result<Vec<SignIn>, EngineError> {
        let now = self.clock.now();
        Ok(self.store.read(move |db| sign_ins::all(db, now)).await?)
    }

    /// Returns once that sign-in has ended, or it cannot be told whether it has: whatever is open of
    /// it is to be closed then.
    pub async fn over(&self, id: &str) {
        let mut ended = self.ended();
        loop {
            ended.borrow_and_update();
            let signed_in = self.sign_ins().await.unwrap_or_default();
            let Some(found) = signed_in.into_iter().find(|sign_in| sign_in.id == id) else {
                return;
            };
            let left = found.expires_at.millis_since(self.clock.now());
            let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
            // A machine that sleeps counts its hours wrong.
            drop(timeout(left.clamp(SOON, HOUR), ended.changed()).await);
        }
    }

    /// Ends a sign-in, and with it whatever is open of it.
    pub async fn end(&self, id: &str) -> Result<(), AuthError> {
        let (name, at) = (id.to_owned(), self.clock.now());
        let write = move |tx: &Transaction<'_>| {
            let was = sign_ins::delete(tx, &name)?;
            if was {
                note(tx, EntryKind::SignInEnded, &json!({ "signIn": name }), at)?;
            }
            Ok(was)
        };
        if !self.store.write(write).await? {
            let shown = id.chars().take(100).collect();
            return Err(AuthError::NoSignIn(shown));
        }
        self.say_ended();
        Ok(())
    }

    /// Ends every sign-in but that one, and says how many.
    pub async fn end_others(&self, but: Option<&SignIn>) -> Result<usize, EngineError> {
        let (but, at) = (but.map(|sign_in| sign_in.id.clone()), self.clock.now());
        let write = move |tx: &Transaction<'_>| {
            let count = sign_ins::delete_others(tx, but.as_deref())?;
            let facts = json!({ "all": true, "count": count, "but": but });
            note(tx, EntryKind::SignInEnded, &facts, at)?;
            Ok(count)
        };
        let count = self.store.write(write).await?;
        self.say_ended();
        Ok(count)
    }
}
