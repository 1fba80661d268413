//! Where people are told of what needs them beside the inbox: in browsers, and by a web hook.

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_api::{
    DeliveriesParams, NotificationPrefsRequest, NotificationSettingsRequest, SubscribePushRequest,
    TryPushRequest, UnsubscribePushRequest,
};
use codepiper_engine::{
    DeliveryView, Engine, NotificationPrefs, NotificationSettings, NotificationSettingsChange,
    PushStatus, PushTrial, SubscribePush, SubscriptionView,
};
use codepiper_model::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use crate::entrance::Entrance;
use crate::error::ApiError;
use crate::extract::{Body, Id, Params};

/// What is told, and where.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationSettingsResponse {
    /// The settings.
    settings: NotificationSettings,
}

/// Whether people are told of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationPrefsResponse {
    /// What was said of it.
    prefs: NotificationPrefs,
}

/// Whether browsers can be told.
#[derive(Serialize, ToSchema)]
pub(crate) struct PushStatusResponse {
    /// How that stands.
    status: PushStatus,
}

/// Browsers that are told.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubscriptionsResponse {
    /// The oldest first.
    subscriptions: Vec<SubscriptionView>,
}

/// A browser that is told.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubscriptionResponse {
    /// As it is kept.
    subscription: SubscriptionView,
}

/// Whether a browser was told before.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnsubscribedResponse {
    success: bool,
    /// Whether it was.
    deleted: bool,
}

/// What became of a message that only tries whether it arrives.
#[derive(Serialize, ToSchema)]
pub(crate) struct PushTrialResponse {
    /// How many it has reached.
    result: PushTrial,
}

/// What was delivered where.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveriesResponse {
    /// The newest first.
    deliveries: Vec<DeliveryView>,
}

/// Shows what is told, and where.
#[utoipa::path(
    get,
    path = "/notifications/settings",
    tag = "notifications",
    operation_id = "notification_settings",
    responses((status = 200, body = NotificationSettingsResponse))
)]
pub(crate) async fn settings(
    State(engine): State<Engine>,
) -> Result<Json<NotificationSettingsResponse>, ApiError> {
    let settings = engine.notifications.settings().await?;
    Ok(Json(NotificationSettingsResponse { settings }))
}

/// Changes what is told, and where.
#[utoipa::path(
    put,
    path = "/notifications/settings",
    tag = "notifications",
    operation_id = "change_notification_settings",
    request_body = NotificationSettingsRequest,
    responses((status = 200, body = NotificationSettingsResponse))
)]
pub(crate) async fn change_settings(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Extension(entrance): Extension<Entrance>,
    Body(request): Body<NotificationSettingsRequest>,
) -> Result<Json<NotificationSettingsResponse>, ApiError> {
    // It goes on to be told when the sign-in is over.
    if matches!(request.webhook_url, Some(Some(_))) {
        entrance.look_again(&engine)?;
    }
    let kinds = request.kinds.into_iter();
    let change = NotificationSettingsChange {
        kinds: kinds
            .map(|(kind, to)| (kind, [to.inbox, to.push, to.webhook]))
            .collect(),
        webhook_url: request.webhook_url,
        webhook_secret: request.webhook_secret,
        push_contact: request.push_contact,
    };
    let settings = engine.notifications.change_settings(change, actor).await?;
    Ok(Json(NotificationSettingsResponse { settings }))
}

/// Says whether people are told of a session.
#[utoipa::path(
    get,
    path = "/sessions/{id}/notifications/prefs",
    tag = "notifications",
    operation_id = "notification_prefs",
    params(Id),
    responses((status = 200, body = NotificationPrefsResponse))
)]
pub(crate) async fn prefs(
    State(engine): State<Engine>,
    Id(id): Id,
) -> Result<Json<NotificationPrefsResponse>, ApiError> {
    let prefs = engine.notifications.prefs(id).await?;
    Ok(Json(NotificationPrefsResponse { prefs }))
}

/// Mutes a session, or lets people be told of it.
#[utoipa::path(
    put,
    path = "/sessions/{id}/notifications/prefs",
    tag = "notifications",
    operation_id = "change_notification_prefs",
    params(Id),
    request_body = NotificationPrefsRequest,
    responses((status = 200, body = NotificationPrefsResponse))
)]
pub(crate) async fn change_prefs(
    State(engine): State<Engine>,
    Id(id): Id,
    Body(request): Body<NotificationPrefsRequest>,
) -> Result<Json<NotificationPrefsResponse>, ApiError> {
    let prefs = engine.notifications.set_prefs(id, request.enabled).await?;
    Ok(Json(NotificationPrefsResponse { prefs }))
}

/// Says whether browsers can be told where no page is open, and by which key they know the daemon.
#[utoipa::path(
    get,
    path = "/notifications/push/status",
    tag = "notifications",
    operation_id = "push_status",
    responses((status = 200, body = PushStatusResponse))
)]
pub(crate) async fn status(
    State(engine): State<Engine>,
) -> Result<Json<PushStatusResponse>, ApiError> {
    let status = engine.notifications.push_status().await?;
    Ok(Json(PushStatusResponse { status }))
}

/// Sends every browser that is told a message that only tries whether it arrives.
#[utoipa::path(
    post,
    path = "/notifications/push/test",
    tag = "notifications",
    operation_id = "try_push",
    request_body = TryPushRequest,
    responses((status = 200, body = PushTrialResponse))
)]
pub(crate) async fn try_push(
    State(engine): State<Engine>,
    Body(request): Body<TryPushRequest>,
) -> Result<Json<PushTrialResponse>, ApiError> {
    let TryPushRequest {
        title,
        body,
        session_id,
    } = request;
    let result = engine
        .notifications
        .try_push(title, body, session_id)
        .await?;
    Ok(Json(PushTrialResponse { result }))
}

/// Lists the browsers that are told.
#[utoipa::path(
    get,
    path = "/notifications/push/subscriptions",
    tag = "notifications",
    operation_id = "push_subscriptions",
    responses((status = 200, body = SubscriptionsResponse))
)]
pub(crate) async fn subscriptions(
    State(engine): State<Engine>,
) -> Result<Json<SubscriptionsResponse>, ApiError> {
    let subscriptions = engine.notifications.subscriptions().await?;
    Ok(Json(SubscriptionsResponse { subscriptions }))
}

/// Tells a browser from now on.
#[utoipa::path(
    put,
    path = "/notifications/push/subscriptions",
    tag = "notifications",
    operation_id = "subscribe_push",
    request_body = SubscribePushRequest,
    responses((status = 200, body = SubscriptionResponse))
)]
pub(crate) async fn subscribe(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Extension(entrance): Extension<Entrance>,
    Body(request): Body<SubscribePushRequest>,
) -> Result<Json<SubscriptionResponse>, ApiError> {
    let wanted = SubscribePush {
        endpoint: request.endpoint,
        p256dh: request.keys.p256dh,
        auth: request.keys.auth,
        expiration_time: request.expiration_time,
        sign_in: entrance.sign_in.map(|by| by.id),
    };
    let subscription = engine.notifications.subscribe(wanted, actor).await?;
    Ok(Json(SubscriptionResponse { subscription }))
}

/// Tells a browser no more.
#[utoipa::path(
    delete,
    path = "/notifications/push/subscriptions",
    tag = "notifications",
    operation_id = "unsubscribe_push",
    request_body = UnsubscribePushRequest,
    responses((status = 200, body = UnsubscribedResponse))
)]
pub(crate) async fn unsubscribe(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Body(request): Body<UnsubscribePushRequest>,
) -> Result<Json<UnsubscribedResponse>, ApiError> {
    let endpoint = request.endpoint;
    let deleted = engine.notifications.unsubscribe(endpoint, actor).await?;
    let success = true;
    Ok(Json(UnsubscribedResponse { success, deleted }))
}

/// Lists what was delivered where, and what is still on its way.
#[utoipa::path(
    get,
    path = "/notifications/deliveries",
    tag = "notifications",
    operation_id = "notification_deliveries",
    params(DeliveriesParams),
    responses((status = 200, body = DeliveriesResponse))
)]
pub(crate) async fn deliveries(
    State(engine): State<Engine>,
    Params(params): Params<DeliveriesParams>,
) -> Result<Json<DeliveriesResponse>, ApiError> {
    let limit = super::checked_limit(params.limit)?;
    let (of, before) = (params.notification_id, params.before);
    let deliveries = engine.notifications.deliveries(of, before, limit).await?;
    Ok(Json(DeliveriesResponse { deliveries }))
}
