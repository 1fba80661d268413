//! What people are told of.

use axum::Json;
use axum::extract::State;
use codepiper_api::{NotificationsParams, ReadNotificationRequest, ReadNotificationsRequest};
use codepiper_engine::{
    Engine, NOTIFICATION_KINDS, NotificationCounts, NotificationQuery, NotificationView,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, Name, Params};

/// What people were told.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationsResponse {
    /// The newest first.
    notifications: Vec<NotificationView>,
}

/// How many nobody has read.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationCountsResponse {
    /// The numbers.
    counts: NotificationCounts,
}

/// Whether it was not read before.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadNotificationResponse {
    success: bool,
    /// Whether it was not.
    changed: bool,
}

/// How many were not read before.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadNotificationsResponse {
    success: bool,
    /// How many.
    updated: usize,
}

/// Lists what people were told.
#[utoipa::path(
    get,
    path = "/notifications",
    tag = "notifications",
    params(NotificationsParams),
    responses((status = 200, body = NotificationsResponse))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Params(params): Params<NotificationsParams>,
) -> Result<Json<NotificationsResponse>, ApiError> {
    if let Some(kind) = &params.event_type
        && !NOTIFICATION_KINDS.contains(&kind.as_str())
    {
        let message = format!("`eventType` is one of {}", NOTIFICATION_KINDS.join(", "));
        let field = Some("eventType".to_owned());
        return Err(ApiError::bad_request("invalid_request", field, message));
    }
    let wanted = NotificationQuery {
        session_id: params.session_id.map(|id| id.to_string()),
        kind: params.event_type,
        unread_only: params.unread_only,
        before: params.before,
        limit: super::checked_limit(params.limit)?,
    };
    let notifications = engine.notifications.list(wanted).await?;
    Ok(Json(NotificationsResponse { notifications }))
}

/// Says how many nobody has read.
#[utoipa::path(
    get,
    path = "/notifications/counts",
    tag = "notifications",
    operation_id = "notification_counts",
    responses((status = 200, body = NotificationCountsResponse))
)]
pub(crate) async fn counts(
    State(engine): State<Engine>,
) -> Result<Json<NotificationCountsResponse>, ApiError> {
    let counts = engine.notifications.counts().await?;
    Ok(Json(NotificationCountsResponse { counts }))
}

/// Notes that one was read.
#[utoipa::path(
    post,
    path = "/notifications/{id}/read",
    tag = "notifications",
    operation_id = "read_notification",
    params(("id" = String, Path, description = "The notification")),
    request_body = ReadNotificationRequest,
    responses((status = 200, body = ReadNotificationResponse))
)]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Name(id): Name,
    Body(request): Body<ReadNotificationRequest>,
) -> Result<Json<ReadNotificationResponse>, ApiError> {
    let source = request.read_source.as_deref().unwrap_or("click");
    // What is no number is none of them.
    let changed = match id.parse() {
        Ok(id) => engine.notifications.mark_read(id, source).await?,
        Err(_) => false,
    };
    let success = true;
    Ok(Json(ReadNotificationResponse { success, changed }))
}

/// Notes that all were read, of one session or of all.
#[utoipa::path(
    post,
    path = "/notifications/read",
    tag = "notifications",
    operation_id = "read_notifications",
    request_body = ReadNotificationsRequest,
    responses((status = 200, body = ReadNotificationsResponse))
)]
pub(crate) async fn read_all(
    State(engine): State<Engine>,
    Body(request): Body<ReadNotificationsRequest>,
) -> Result<Json<ReadNotificationsResponse>, ApiError> {
    let source = request.read_source.as_deref().unwrap_or("bulk");
    let session = match request.session_id {
        Some(id) => Some(engine.sessions.get(id).await?.id.to_string()),
        None => None,
    };
    let updated = engine.notifications.mark_all_read(session, source).await?;
    let success = true;
    Ok(Json(ReadNotificationsResponse { success, updated }))
}
