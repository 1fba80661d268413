use std::time::Duration;

use codepiper_auth::WeakPassword;
use codepiper_store::StoreError;

use crate::EngineError;

/// Why somebody is not let in, or may not change who is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Password or code were wrong. Which of them is not told.
    #[error("the password or the code is wrong")]
    InvalidCredentials,
    /// Too much was tried.
    #[error("too many wrong tries; the next one is in {} s", .0.as_secs().max(1))]
    TooManyTries(Duration),
    /// The code of the new authenticator is wrong.
    #[error("the code is wrong; it changes every 30 s, and the clocks of both machines count")]
    InvalidCode,
    /// Nobody asked for an authenticator.
    #[error("no authenticator is being set up")]
    NothingOffered,
    /// There is no password yet.
    #[error("there is no password yet")]
    NotSetUp,
    /// The person has to be asked again before this.
    #[error("this needs your password or a code again")]
    ConfirmRequired,
    /// Not a password that would do.
    #[error("{0}")]
    Weak(#[from] WeakPassword),
    /// There is no such sign-in.
    #[error("there is no sign-in `{0}`")]
    NoSignIn(String),
    /// Something else.
    #[error("{0}")]
    Engine(#[from] EngineError),
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}
