use codepiper_api::{NotificationPrefsRequest, ReadNotificationRequest, ReadNotificationsRequest};
use codepiper_model::Timestamp;
use serde::Deserialize;

use super::{Context, notification_settings};
use crate::cli::{ListNotifications, Notifications, NotificationsCommand};
use crate::error::CliError;
use crate::url::Query;
use crate::{output, resolve};

#[derive(Deserialize)]
struct All {
    notifications: Vec<Notification>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    id: i64,
    title: String,
    body: String,
    created_at: Timestamp,
}

pub(super) async fn run(context: &Context, args: Notifications) -> Result<(), CliError> {
    match args.command {
        None => list(context, &args.list).await,
        Some(NotificationsCommand::List(which)) => list(context, &which).await,
        Some(NotificationsCommand::Read { ids }) => read(context, &ids).await,
        Some(NotificationsCommand::Mute { session }) => mute(context, &session, true).await,
        Some(NotificationsCommand::Unmute { session }) => mute(context, &session, false).await,
        Some(NotificationsCommand::Deliveries { limit }) => {
            notification_settings::deliveries(context, limit).await
        }
        Some(NotificationsCommand::Settings(args)) => {
            notification_settings::settings(context, args).await
        }
        Some(NotificationsCommand::Test) => notification_settings::test(context).await,
    }
}

async fn list(context: &Context, which: &ListNotifications) -> Result<(), CliError> {
    let mut query = Query::default();
    query.add("limit", Some(which.limit));
    query.add("unreadOnly", (!which.all).then_some(true));
    if let Some(session) = &which.session {
        let session = resolve::session(&context.client, session).await?;
        query.add("sessionId", Some(session.id));
    }
    let answer = context.client.get(&query.behind("/notifications")).await?;
    if context.json {
        return output::json(&answer);
    }
    let All { notifications } = serde_json::from_value(answer)?;
    if notifications.is_empty() {
        output::note("nothing that nobody has read");
        return Ok(());
    }
    let row = |n: &Notification| {
        [
            n.id.to_string(),
            n.created_at.to_string(),
            n.title.clone(),
            n.body.clone(),
        ]
    };
    let rows: Vec<_> = notifications.iter().map(row).collect();
    output::table(["NUMBER", "TIME", "WHAT", "WHERE"], &rows)
}

async fn mute(context: &Context, session: &str, is_muted: bool) -> Result<(), CliError> {
    let session = resolve::session(&context.client, session).await?;
    let request = NotificationPrefsRequest {
        enabled: is_muted.then_some(false),
    };
    let path = format!("/sessions/{}/notifications/prefs", session.id);
    let answer = context.client.put(&path, &request).await?;
    if context.json {
        return output::json(&answer);
    }
    output::line(if is_muted { "muted" } else { "told of again" })
}

async fn read(context: &Context, ids: &[i64]) -> Result<(), CliError> {
    let client = &context.client;
    if ids.is_empty() {
        let request = ReadNotificationsRequest::default();
        let answer = client.post("/notifications/read", &request).await?;
        if context.json {
            return output::json(&answer);
        }
        return output::line(format!("read: {}", answer["updated"]));
    }
    for id in ids {
        let request = ReadNotificationRequest::default();
        let path = format!("/notifications/{id}/read");
        let answer = client.post(&path, &request).await?;
        if context.json {
            output::json(&answer)?;
        }
    }
    Ok(())
}
