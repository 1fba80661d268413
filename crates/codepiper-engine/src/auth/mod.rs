//! Who may sign in on the web, and who is signed in.
//!
//! There is one person. A password alone opens nothing but the set-up of an authenticator; after
//! that both are asked for together, and one answer says whether both were right.

mod authenticator;
mod confirm;
mod error;
mod login;
mod password;
mod signed_in;
mod tries;

use std::path::Path;
use std::sync::Arc;

use codepiper_auth::{Password, PasswordHash};
use codepiper_model::Clock;
use codepiper_store::account::{self, Account};
use codepiper_store::{Store, StoreError};
use tokio::sync::{Semaphore, watch};

use crate::keyring::Keyring;
use crate::{Config, EngineError, Notifications};

pub use authenticator::{AuthenticatorOffer, Enrolled};
pub use confirm::Proof;
pub use error::AuthError;
pub(crate) use login::TOTP_PLACE;
pub use login::{Credentials, Origin, SignedIn};
pub use password::Reset;

/// Hashes that are made at the same time: each takes a core and 19 MiB.
const HASHING_AT_ONCE: usize = 2;

/// Signs people in, and knows who is.
#[derive(Clone)]
pub struct AuthService {
    store: Store,
    clock: Arc<dyn Clock>,
    key: Keyring,
    notifications: Notifications,
    hashing: Arc<Semaphore>,
    first_password_file: Arc<Path>,
    /// Changes whenever a sign-in ends before its time.
    ended: Arc<watch::Sender<u64>>,
}

/// What a page has to know before anybody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthStatus {
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether there is an authenticator.
    pub has_authenticator: bool,
}

impl AuthService {
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        key: Keyring,
        notifications: Notifications,
        config: &Config,
    ) -> Self {
        Self {
            first_password_file: config.first_password_file().into(),
            store,
            clock,
            key,
            notifications,
            hashing: Arc::new(Semaphore::new(HASHING_AT_ONCE)),
            ended: Arc::new(watch::channel(0).0),
        }
    }

    /// What a page has to know before anybody is signed in.
    pub async fn status(&self) -> Result<AuthStatus, EngineError> {
        let account = self.store.read(account::get).await?;
        Ok(AuthStatus {
            has_password: account.is_some(),
            has_authenticator: account.is_some_and(|account| account.totp.is_some()),
        })
    }

    /// Changes whenever a sign-in ends before its time: whoever serves one looks again then.
    pub fn ended(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    async fn account(&self) -> Result<Account, AuthError> {
        let account = self.store.read(account::get).await?;
        account.ok_or(AuthError::NotSetUp)
    }

    /// Does what takes long beside the runtime.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let permit = Arc::clone(&self.hashing).acquire_owned().await;
        let permit = permit.map_err(EngineError::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(EngineError::internal)
    }

    async fn hash(&self, password: Password) -> Result<PasswordHash, EngineError> {
        let hash = self.hashing(move || password.hash()).await?;
        hash.map_err(EngineError::internal)
    }

    async fn is_password(
        &self,
        password: Password,
        account: &Account,
    ) -> Result<bool, EngineError> {
        let hash = PasswordHash::stored(account.password_hash.clone());
        self.hashing(move || hash.is_of(&password)).await
    }

    fn say_ended(&self) {
        self.ended.send_modify(|count| *count += 1);
    }
}

/// A code was used that cannot be used: the whole transaction is taken back.
fn used_up(is_new: bool) -> Result<(), StoreError> {
    if is_new {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}
