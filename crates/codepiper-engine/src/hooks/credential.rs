use subtle::ConstantTimeEq as _;

use crate::EngineError;
use crate::canonical::{hex, sha256};

/// What a session's hooks show to prove whose they are; only its hash is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credential {
    hash: Option<String>,
}

impl Credential {
    /// A new secret, to be handed to the session once, and what recognises it.
    pub(crate) fn generate() -> Result<(String, Self), EngineError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(EngineError::internal)?;
        let secret = hex(&bytes);
        let hash = Some(sha256(secret.as_bytes()));
        Ok((secret, Self { hash }))
    }

    /// What recognises the secret of that hash.
    pub(crate) fn of_hash(hash: Option<String>) -> Self {
        Self { hash }
    }

    /// What is kept.
    pub(crate) fn hash(&self) -> Option<String> {
        self.hash.clone()
    }

    /// Whether this is the secret. A session without one is shown by nothing.
    pub(crate) fn is_shown_by(&self, secret: &str) -> bool {
        let shown = sha256(secret.as_bytes());
        self.hash
            .as_ref()
            .is_some_and(|hash| bool::from(hash.as_bytes().ct_eq(shown.as_bytes())))
    }
}
