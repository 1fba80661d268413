use codepiper_auth::{PushKeys, VapidKey};
use codepiper_model::{Actor, EntryKind, Timestamp};
use codepiper_store::push_subscriptions::{self, NewSubscription, StoredSubscription};
use codepiper_store::{Connection, StoreError, Transaction, sealed_values};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Notifications, endpoint};
use crate::EngineError;
use crate::audit::note;

/// What the key is sealed for that push services know this daemon by.
pub(super) const VAPID: &str = "notifications.vapid";

/// As many browsers as a person may have.
const SUBSCRIPTIONS_MAX: usize = 50;

/// The longest text of a key.
const KEY_MAX: usize = 512;

/// A browser that wants to be told.
#[derive(Clone, Debug)]
pub struct SubscribePush {
    /// Where its messages are posted.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// What else only it and we know.
    pub auth: String,
    /// When it ends by itself, in milliseconds since 1970.
    pub expiration_time: Option<f64>,
    /// The sign-in that asks; none: who needs none.
    pub sign_in: Option<String>,
}

/// A browser that is told even where no page is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PushSubscription)]
pub struct SubscriptionView {
    /// Where its messages are posted.
    pub endpoint: String,
    /// When it ends by itself, in milliseconds since 1970.
    pub expiration_time: Option<i64>,
    /// When it first asked.
    pub created_at: Timestamp,
    /// When it last did.
    pub updated_at: Timestamp,
}

/// Whether browsers can be told where no page is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PushStatus {
    /// Whether they can.
    pub enabled: bool,
    /// Whether there is a key.
    pub configured: bool,
    /// Why they cannot.
    pub reasons: Vec<String>,
    /// What a browser wants as `applicationServerKey`.
    pub public_key: Option<String>,
}

impl Notifications {
    /// Whether browsers can be told, and by whom; the key is made the first time.
    pub async fn push_status(&self) -> Result<PushStatus, EngineError> {
        let (reasons, public_key) = match self.vapid().await {
            Ok(key) => (Vec::new(), Some(key.public())),
            Err(error @ EngineError::Conflict { .. }) => (vec![error.to_string()], None),
            Err(error) => return Err(error),
        };
        Ok(PushStatus {
            enabled: public_key.is_some(),
            configured: public_key.is_some(),
            reasons,
            public_key,
        })
    }

    /// The browsers that are told.
    pub async fn subscriptions(&self) -> Result<Vec<SubscriptionView>, EngineError> {
        let found = self.store.read(push_subscriptions::all).await?;
        Ok(found.into_iter().map(view).collect())
    }

    /// Tells a browser from now on.
    pub async fn subscribe(
        &self,
        wanted: SubscribePush,
        by: Actor,
    ) -> Result<SubscriptionView, EngineError> {
        let target = endpoint::checked("endpoint", &wanted.endpoint)?;
        for (field, key) in [("keys.p256dh", &wanted.p256dh), ("keys.auth", &wanted.auth)] {
            if key.len() > KEY_MAX {
                let message = format!("`{field}` has more than {KEY_MAX} characters");
                return Err(EngineError::invalid(field, message));
            }
        }
        PushKeys::parse(&wanted.p256dh, &wanted.auth)
            .map_err(|error| EngineError::invalid("keys", error.to_string()))?;
        self.vapid().await?;
        let new = NewSubscription {
            endpoint: wanted.endpoint,
            p256dh: wanted.p256dh,
            auth: wanted.auth,
            expires_at: expiry(wanted.expiration_time)?,
            sign_in: wanted.sign_in,
        };
        let at = self.clock.now();
        let write = move |tx: &Transaction<'_>| {
            let all = push_subscriptions::all(tx)?;
            let is_known = all.iter().any(|one| one.wanted.endpoint == new.endpoint);
            if !is_known && all.len() >= SUBSCRIPTIONS_MAX {
                return Ok(Err(EngineError::TooMany {
                    code: "too_many_subscriptions",
                    message: format!(
                        "there are {SUBSCRIPTIONS_MAX} browsers already; remove one first"
                    ),
                }));
            }
            let stored = push_subscriptions::put(tx, &new, at)?;
            if !is_known {
                let facts = json!({ "by": by.to_string(), "what": "subscribed", "target": target });
                note(tx, EntryKind::NotificationsChanged, &facts, at)?;
            }
            Ok::<_, StoreError>(Ok(view(stored)))
        };
        self.store.write(write).await?
    }

    /// Tells a browser no more; says whether it was told.
    pub async fn unsubscribe(&self, endpoint: String, by: Actor) -> Result<bool, EngineError> {
        let target = endpoint::checked("endpoint", &endpoint)?;
        let at = self.clock.now();
        let write = move |tx: &Transaction<'_>| {
            let was_there = push_subscriptions::remove(tx, &endpoint)?;
            if was_there {
                let facts =
                    json!({ "by": by.to_string(), "what": "unsubscribed", "target": target });
                note(tx, EntryKind::NotificationsChanged, &facts, at)?;
            }
            Ok::<_, StoreError>(was_there)
        };
        Ok(self.store.write(write).await?)
    }

    /// The key of this installation, which is made the first time.
    pub(super) async fn vapid(&self) -> Result<VapidKey, EngineError> {
        let read = |db: &Connection| sealed_values::get(db, VAPID);
        let sealed = if let Some(sealed) = self.store.read(read).await? {
            sealed
        } else {
            let _hold = self.key.hold().await;
            let made = VapidKey::generate().map_err(EngineError::internal)?;
            let sealed = self.key.seal(VAPID, &made.to_bytes())?;
            let keep = move |tx: &Transaction<'_>| {
                // Somebody else may have been first.
                if let Some(kept) = sealed_values::get(tx, VAPID)? {
                    return Ok(kept);
                }
                sealed_values::set(tx, VAPID, &sealed)?;
                Ok::<_, StoreError>(sealed)
            };
            self.store.write(keep).await?
        };
        let unreadable = |why: String| {
            let message = format!("the key of push messages cannot be read: {why}");
            let hint = "put the key file back with which it was sealed";
            EngineError::conflict_with_hint("sealed", message, hint)
        };
        let opened = self.key.open(VAPID, &sealed);
        let opened = opened.map_err(|error| unreadable(error.to_string()))?;
        VapidKey::from_bytes(&opened).map_err(|error| unreadable(error.to_string()))
    }
}

fn view(stored: StoredSubscription) -> SubscriptionView {
    SubscriptionView {
        endpoint: stored.wanted.endpoint,
        expiration_time: stored.wanted.expires_at.map(Timestamp::as_millis),
        created_at: stored.created_at,
        updated_at: stored.updated_at,
    }
}

/// Browsers say it as a number with a point or without.
fn expiry(millis: Option<f64>) -> Result<Option<Timestamp>, EngineError> {
    // As far as every program counts exactly.
    const MILLIS_MAX: f64 = 9_007_199_254_740_991.0;
    let is_good = |millis: f64| (0.0..=MILLIS_MAX).contains(&millis);
    match millis {
        None => Ok(None),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the fraction is of no interest"
        )]
        Some(millis) if is_good(millis) => Ok(Some(Timestamp::from_millis(millis as i64))),
        Some(_) => {
            let message = "`expirationTime` is in milliseconds since 1970, or null";
            Err(EngineError::invalid("expirationTime", message))
        }
    }
}
