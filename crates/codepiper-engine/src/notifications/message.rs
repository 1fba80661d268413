use codepiper_auth::{PushKeys, VapidKey, signature};
use codepiper_model::Timestamp;
use codepiper_store::notification_deliveries::StoredDelivery;
use codepiper_store::notifications::{self, StoredNotification};
use codepiper_store::push_subscriptions::{self, NewSubscription};
use codepiper_store::{Connection, StoreError, sealed_values};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::endpoint;
use super::kinds::{INPUT_NEEDED, PERMISSION_NEEDED};
use super::post::Post;
use super::record::NOT_FOR_INBOX;
use super::settings::{Kept, WEBHOOK};
use super::subscriptions::VAPID;
use crate::canonical::hex;
use crate::keyring::Keyring;

/// How long a push service keeps a message for a browser that is off. Who waits longest is asked longest.
const WAITING_SECONDS: u32 = 24 * 60 * 60;
const NEWS_SECONDS: u32 = 4 * 60 * 60;

/// How long one proof of who sends is good for; services refuse more than a day.
const PROOF_SECONDS: i64 = 12 * 60 * 60;

/// What to do with a delivery.
pub(super) enum Prepared {
    Post(Post),
    /// There is no sense in it any more.
    Drop(&'static str),
}

/// What a browser shows, and how it is sent.
pub(super) struct PushMessage {
    pub(super) payload: Value,
    /// What takes the place of what, for the session and the kind.
    pub(super) tag: String,
    pub(super) is_urgent: bool,
}

/// Makes the message of a delivery, as things are now.
pub(super) fn prepare(
    db: &Connection,
    delivery: &StoredDelivery,
    keyring: &Keyring,
    now: Timestamp,
) -> Result<Prepared, StoreError> {
    let Some(notification) = notifications::get(db, delivery.notification_id)? else {
        return Ok(Prepared::Drop("its session was deleted"));
    };
    let kept = Kept::read(db)?;
    if delivery.channel == super::WEBHOOK_CHANNEL {
        return webhook(db, &kept, delivery, &notification, keyring, now);
    }
    let read_by = notification.read_source.as_deref();
    if read_by.is_some_and(|by| by != NOT_FOR_INBOX) {
        return Ok(Prepared::Drop("it was read first"));
    }
    let Some(to) = push_subscriptions::get(db, delivery.subscription_id)? else {
        return Ok(Prepared::Drop("the browser is not told any more"));
    };
    let key = sealed_values::get(db, VAPID)?.and_then(|sealed| keyring.open(VAPID, &sealed).ok());
    let Some(key) = key.and_then(|key| VapidKey::from_bytes(&key).ok()) else {
        return Ok(Prepared::Drop("the key of push messages cannot be read"));
    };
    let posted = push(&of(&notification), &to.wanted, &key, kept.contact(), now);
    Ok(posted.map_or_else(Prepared::Drop, Prepared::Post))
}

/// What a browser shows of a notification.
fn of(notification: &StoredNotification) -> PushMessage {
    let session = &notification.session_id;
    let about = session
        .clone()
        .unwrap_or_else(|| notification.id.to_string());
    let tag = format!("{about}:{}", notification.kind);
    let of = |name: &str| {
        notification
            .payload
            .get(name)
            .cloned()
            .unwrap_or(Value::Null)
    };
    PushMessage {
        payload: json!({
            "approvalId": of("approvalId"),
            "body": notification.body,
            "eventType": notification.kind,
            "notificationId": notification.id,
            "requestHash": of("requestHash"),
            "risk": of("risk"),
            "sessionId": session,
            "tag": tag,
            "title": notification.title,
            "url": session.as_ref().map_or_else(|| of("url"), |id| json!(format!("/sessions/{id}"))),
        }),
        tag,
        is_urgent: [PERMISSION_NEEDED, INPUT_NEEDED].contains(&notification.kind.as_str()),
    }
}

/// Seals a message for one browser.
pub(super) fn push(
    message: &PushMessage,
    to: &NewSubscription,
    key: &VapidKey,
    contact: &str,
    now: Timestamp,
) -> Result<Post, &'static str> {
    let keys = PushKeys::parse(&to.p256dh, &to.auth).map_err(|_| "the browser's keys are none")?;
    let sealed = keys.seal(message.payload.to_string().as_bytes());
    let body = sealed.map_err(|_| "it is too long for a push message")?;
    let origin = endpoint::checked("endpoint", &to.endpoint);
    let origin = origin.map_err(|_| "the browser's endpoint is none")?;
    let until = now.as_millis() / 1000 + PROOF_SECONDS;
    let (urgency, ttl) = if message.is_urgent {
        ("high", WAITING_SECONDS)
    } else {
        ("normal", NEWS_SECONDS)
    };
    // At most 32 characters, of which a service learns nothing.
    let topic = hex(&Sha256::digest(&message.tag)[..16]);
    let headers = vec![
        ("authorization", key.authorization(&origin, contact, until)),
        ("content-encoding", "aes128gcm".to_owned()),
        ("content-type", "application/octet-stream".to_owned()),
        ("ttl", ttl.to_string()),
        ("urgency", urgency.to_owned()),
        ("topic", topic),
    ];
    let url = to.endpoint.clone();
    Ok(Post { url, headers, body })
}

fn webhook(
    db: &Connection,
    kept: &Kept,
    delivery: &StoredDelivery,
    notification: &StoredNotification,
    keyring: &Keyring,
    now: Timestamp,
) -> Result<Prepared, StoreError> {
    let Some(url) = kept.webhook_url.clone() else {
        return Ok(Prepared::Drop("there is no web hook any more"));
    };
    let sealed = sealed_values::get(db, WEBHOOK)?;
    let Some(secret) = sealed.and_then(|sealed| keyring.open(WEBHOOK, &sealed).ok()) else {
        return Ok(Prepared::Drop("the secret of the web hook cannot be read"));
    };
    let body = json!({
        "body": notification.body,
        "createdAt": notification.created_at,
        "eventType": notification.kind,
        "id": notification.id,
        "payload": notification.payload,
        "provider": notification.provider,
        "sessionId": notification.session_id,
        "title": notification.title,
    });
    let body = body.to_string().into_bytes();
    let signed = signature(&secret, now.as_millis() / 1000, &body);
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        // The same for each try, so that who has had it knows.
        ("x-codepiper-delivery", delivery.id.to_string()),
        ("x-codepiper-signature", signed),
    ];
    Ok(Prepared::Post(Post { url, headers, body }))
}
