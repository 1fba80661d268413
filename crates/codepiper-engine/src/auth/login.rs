use std::net::IpAddr;
use std::time::Duration;

use codepiper_auth::{Password, RecoveryCode, Token, TotpSecret};
use codepiper_model::{EntryKind, SessionId, SignIn, SignInStage, Timestamp};
use codepiper_store::account::{self, Account};
use codepiper_store::{StoreError, Transaction, sign_ins};
use serde_json::json;

use super::tries::refund;
use super::{AuthError, AuthService, used_up};
use crate::EngineError;
use crate::audit::note;

/// How long a sign-in lasts that is not used.
pub(super) const SIGNED_IN: Duration = Duration::from_hours(7 * 24);

/// How long somebody may take to set up an authenticator.
const ONBOARDING: Duration = Duration::from_hours(24);

/// The longest name that is kept of a browser.
const USER_AGENT_MAX: usize = 300;

/// The place of an authenticator's secret, for its seal.
pub(crate) const TOTP_PLACE: &str = "account/totp";

/// What somebody shows who wants to come in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The password.
    pub password: String,
    /// A code of the authenticator, or a recovery code.
    pub code: Option<String>,
}

/// Who wants to come in.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Where from.
    pub address: IpAddr,
    /// What the browser says it is.
    pub user_agent: String,
}

/// A browser that has come in. Its token is told once.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What the browser keeps.
    pub token: Token,
    /// How far it has come in.
    pub sign_in: SignIn,
}

/// A code that can be used once.
#[derive(Clone, Debug)]
pub(super) enum Code {
    /// Of an authenticator: the step.
    Step(u64),
    /// A recovery code: its hash.
    Recovery(String),
}

impl Origin {
    /// What tries are counted by. Whoever has an IPv6 address has a whole network of them.
    pub(super) fn source(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                format!("{}/64", std::net::Ipv6Addr::from(network))
            }
        }
    }
}

impl AuthService {
    /// Lets somebody in. Without an authenticator the password opens its set-up, and nothing else.
    pub async fn login(
        &self,
        credentials: Credentials,
        origin: &Origin,
    ) -> Result<SignedIn, AuthError> {
        let source = origin.source();
        self.charge(&source).await?;
        let account = self.account().await?;
        let password = Password::typed(credentials.password);
        let knows_password = self.is_password(password, &account).await?;
        let code = self.code(&account, credentials.code.as_deref())?;
        // Both are looked at before either is judged, so that the answer takes the same time.
        let stage = match (&account.totp, knows_password, &code) {
            (None, true, _) => Some(SignInStage::Onboarding),
            (Some(_), true, Some(_)) => Some(SignInStage::Full),
            _ => None,
        };
        let Some(stage) = stage else {
            self.note_refused(&source).await;
            return Err(AuthError::InvalidCredentials);
        };
        let code = code.filter(|_| stage == SignInStage::Full);
        let token = Token::generate().map_err(EngineError::internal)?;
        let let_in = self.let_in(stage, origin, token, move |tx| {
            refund(tx, &source)?;
            code.map_or(Ok(()), |code| code.use_up(tx))
        });
        match let_in.await {
            // Somebody was faster with the same code.
            Err(StoreError::NotFound) => Err(AuthError::InvalidCredentials),
            result => Ok(result?),
        }
    }

    /// Which code that is, where it is right and not used up.
    pub(super) fn code(
        &self,
        account: &Account,
        typed: Option<&str>,
    ) -> Result<Option<Code>, AuthError> {
        let (Some(sealed), Some(typed)) = (&account.totp, typed) else {
            return Ok(None);
        };
        let secret = self.key.open(TOTP_PLACE, sealed);
        let secret = TotpSecret::stored(secret.map_err(EngineError::internal)?);
        if let Some(step) = secret.totp().step_of(typed, self.seconds()) {
            return Ok((step > account.totp_step).then_some(Code::Step(step)));
        }
        let recovery = RecoveryCode::typed(typed).map(|code| code.hash());
        let known = recovery.filter(|hash| {
            let hashes = &account.recovery_hashes;
            hashes.iter().any(|kept| kept == hash.as_str())
        });
        Ok(known.map(|hash| Code::Recovery(hash.as_str().to_owned())))
    }

    /// Makes a sign-in, in one transaction with what it is due to.
    pub(super) async fn let_in(
        &self,
        stage: SignInStage,
        origin: &Origin,
        token: Token,
        also: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<SignedIn, StoreError> {
        let now = self.clock.now();
        let lasts = match stage {
            SignInStage::Onboarding => ONBOARDING,
            SignInStage::Full => SIGNED_IN,
        };
        let sign_in = SignIn {
            id: SessionId::random().to_string(),
            stage,
            address: origin.address.to_canonical().to_string(),
            user_agent: origin.user_agent.chars().take(USER_AGENT_MAX).collect(),
            created_at: now,
            last_used_at: now,
            expires_at: after(now, lasts),
            // Whoever steals the cookie at once has nothing of what was shown for it.
            confirmed_at: None,
        };
        let (row, hash) = (sign_in.clone(), token.hash());
        let notifications = self.notifications.clone();
        let write = move |tx: &Transaction<'_>| {
            also(tx)?;
            sign_ins::delete_expired(tx, now)?;
            sign_ins::insert(tx, &row, hash.as_bytes())?;
            let facts = json!({
                "signIn": row.id, "stage": row.stage, "address": row.address,
                "userAgent": row.user_agent,
            });
            note(tx, EntryKind::SignedIn, &facts, now)?;
            notifications.record_sign_in(tx, &row, now)
        };
        let recorded = self.store.write(write).await?;
        self.notifications.announce(recorded);
        Ok(SignedIn { token, sign_in })
    }

    /// Writes down a wrong try. There are no more of them than the throttle lets through.
    pub(super) async fn note_refused(&self, source: &str) {
        let (facts, at) = (json!({ "source": source }), self.clock.now());
        tracing::warn!(
            source,
            "somebody tried to sign in with a wrong password or code"
        );
        let write = move |tx: &Transaction<'_>| note(tx, EntryKind::SignInRefused, &facts, at);
        if let Err(error) = self.store.write(write).await {
            tracing::error!(%error, "cannot store a wrong try");
        }
    }

    pub(super) fn seconds(&self) -> u64 {
        u64::try_from(self.clock.now().as_millis() / 1000).unwrap_or(0)
    }
}

impl Code {
    /// Uses the code up. An error when it was, meanwhile.
    pub(super) fn use_up(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        used_up(match self {
            Self::Step(step) => account::use_step(tx, *step)?,
            Self::Recovery(hash) => account::use_recovery(tx, hash)?,
        })
    }
}

pub(super) fn after(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_add(millis))
}
