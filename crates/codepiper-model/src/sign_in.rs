use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A browser that has signed in. Never called a session: that is an agent's run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Its name.
    pub id: String,
    /// What it may do.
    pub stage: SignInStage,
    /// Where it came from.
    pub address: String,
    /// What it says it is.
    pub user_agent: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends, unless it is used before.
    pub expires_at: Timestamp,
    /// When the person was last asked for password or code again.
    pub confirmed_at: Option<Timestamp>,
}

/// How far a browser has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInStage {
    /// It knows the password, and may set up an authenticator: nothing else.
    Onboarding,
    /// It may do what the owner may.
    Full,
}

impl SignInStage {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::Full => "full",
        }
    }
}
