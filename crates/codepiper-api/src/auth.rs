use codepiper_model::{SignIn, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /auth/login`.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoginRequest {
    /// The password.
    pub password: String,
    /// A code of the authenticator, or a recovery code.
    #[serde(default)]
    pub totp_code: Option<String>,
    /// Whether the token is told in the body too, for a program that keeps no cookies.
    #[serde(default)]
    pub token: bool,
}

/// `POST /auth/mfa/verify`.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyAuthenticatorRequest {
    /// A code of the new authenticator.
    pub totp_code: String,
}

/// `POST /auth/password`.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePasswordRequest {
    /// The password so far.
    pub current_password: String,
    /// The one from now on.
    pub new_password: String,
}

/// `POST /auth/confirm`: one of the two.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmRequest {
    /// The password.
    #[serde(default)]
    pub password: Option<String>,
    /// A code of the authenticator, or a recovery code.
    #[serde(default)]
    pub totp_code: Option<String>,
}

/// `POST /auth/cli/reset-password`: one of the two.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPasswordRequest {
    /// The password from now on.
    #[serde(default)]
    pub password: Option<String>,
    /// Whether one is made up, and told in the answer.
    #[serde(default)]
    pub generate: bool,
}

/// A browser that is signed in.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInView {
    /// Its name.
    pub id: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it ends, unless it is used before.
    pub expires_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Timestamp,
    /// Where it came from.
    pub ip_address: String,
    /// What it says it is.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl SignInView {
    /// The sign-in as it is shown.
    pub fn of(sign_in: SignIn, current: bool) -> Self {
        Self {
            id: sign_in.id,
            created_at: sign_in.created_at,
            expires_at: sign_in.expires_at,
            last_used_at: sign_in.last_used_at,
            ip_address: sign_in.address,
            user_agent: sign_in.user_agent,
            current,
        }
    }
}
