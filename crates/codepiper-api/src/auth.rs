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

/// The browsers that are signed in.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct SignInsResponse {
    /// The browsers. They are no sessions, but the path calls them so.
    pub sessions: Vec<SignInView>,
}

/// It was done, where signing in is concerned.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    pub ok: bool,
}

/// The other browsers were signed out.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
pub struct EndSignInsResponse {
    /// Always true.
    pub ok: bool,
    /// How many were signed out.
    pub count: usize,
}

/// How far a browser is signed in.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthStatusResponse {
    /// Whether there is no password yet.
    pub setup_required: bool,
    /// Whether there is an authenticator.
    pub mfa_enabled: bool,
    /// Whether this browser has shown the password and is to set up an authenticator.
    pub mfa_setup_required: bool,
    /// Whether an authenticator has to be set up.
    pub onboarding_pending: bool,
    /// Whether this browser is signed in.
    pub authenticated: bool,
}

/// The browser is signed in.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub struct LoginResponse {
    /// Always true.
    pub ok: bool,
    /// What the cookie holds, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub token: Option<String>,
}

/// An authenticator that is offered.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorOffer {
    /// The secret, to be typed.
    pub secret: String,
    /// The same for a program.
    pub otpauth_uri: String,
    /// The same for a camera, as SVG.
    pub qr: String,
}

/// The authenticator counts from now on.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodesResponse {
    /// Each signs in once, without the authenticator.
    pub recovery_codes: Vec<String>,
}

/// It is the owner who asks.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
pub struct ConfirmResponse {
    /// Always true.
    pub ok: bool,
    /// How long that counts.
    pub until: Timestamp,
}
