//! What people are told of.

use std::collections::BTreeMap;

use codepiper_model::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::given::given;

/// `GET /notifications`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationsParams {
    /// Of this session only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Of this kind only: `turn_done`, `permission_needed`, `input_needed`, `session_crashed`,
    /// `workflow_done`, `workflow_failed`, `sign_in`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Those that nobody has read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread_only: bool,
    /// Earlier than this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// `POST /notifications/:id/read`
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadNotificationRequest {
    /// How it came to be read; `click` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_source: Option<String>,
}

/// `POST /notifications/read`
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadNotificationsRequest {
    /// Of this session only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// How they came to be read; `bulk` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_source: Option<String>,
}

/// Where a kind is told; what is absent stays.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelsRequest {
    /// In the list of what nobody has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox: Option<bool>,
    /// To browsers that are subscribed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<bool>,
    /// To the web hook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<bool>,
}

/// `PUT /notifications/settings`: what is absent stays.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationSettingsRequest {
    /// By kind, where it is told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, ChannelsRequest>,
    /// Where the web hook is; null takes it away, with its secret.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>)]
    pub webhook_url: Option<Option<String>>,
    /// What is sent there is signed with, of 16 to 512 bytes; it is never shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<String>,
    /// Where push services can complain, a `mailto:` or `https:` URL; null: nobody says.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>)]
    pub push_contact: Option<Option<String>>,
}

/// `PUT /notifications/push/subscriptions`: what a browser's `PushSubscription.toJSON()` says.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscribePushRequest {
    /// Where its messages are posted: `https:`, or `http:` on this machine.
    pub endpoint: String,
    /// What they are sealed with.
    pub keys: PushKeysRequest,
    /// When it ends by itself, in milliseconds since 1970.
    #[serde(default)]
    pub expiration_time: Option<f64>,
}

/// What a browser's messages are sealed with.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushKeysRequest {
    /// Its public key, in base64url.
    pub p256dh: String,
    /// What else only it and we know, in base64url.
    pub auth: String,
}

/// `DELETE /notifications/push/subscriptions`
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnsubscribePushRequest {
    /// Where its messages are posted.
    pub endpoint: String,
}

/// `POST /notifications/push/test`
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TryPushRequest {
    /// The title, of at most 120 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text, of at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The session that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

/// `GET /notifications/deliveries`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveriesParams {
    /// Of this notification only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_id: Option<i64>,
    /// Earlier than this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// `PUT /sessions/:id/notifications/prefs`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationPrefsRequest {
    /// Whether people are told of the session; null: as of all others.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub enabled: Option<bool>,
}
