use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _};

use codepiper_api::{ChannelsRequest, NotificationSettingsRequest};
use codepiper_model::Timestamp;
use serde::Deserialize;

use super::Context;
use crate::cli::NotificationSettings;
use crate::error::CliError;
use crate::url::Query;
use crate::{output, secret};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    kinds: BTreeMap<String, Channels>,
    webhook_url: Option<String>,
    push_contact: Option<String>,
}

#[derive(Deserialize)]
struct Channels {
    inbox: bool,
    push: bool,
    webhook: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    notification_id: i64,
    channel: String,
    target: String,
    state: String,
    attempts: u32,
    created_at: Timestamp,
    last_error: Option<String>,
}

/// Changes what was asked for, and shows how it is then.
pub(super) async fn settings(
    context: &Context,
    args: NotificationSettings,
) -> Result<(), CliError> {
    let request = request(args)?;
    let path = "/notifications/settings";
    let answer = match &request {
        Some(request) => context.client.put(path, request).await?,
        None => context.client.get(path).await?,
    };
    if context.json {
        return output::json(&answer);
    }
    let settings = Settings::deserialize(&answer["settings"])?;
    let on = |on: bool| if on { "on" } else { "off" }.to_owned();
    let row = |(kind, to): (&String, &Channels)| {
        [kind.clone(), on(to.inbox), on(to.push), on(to.webhook)]
    };
    let rows: Vec<_> = settings.kinds.iter().map(row).collect();
    output::table(["KIND", "INBOX", "PUSH", "WEBHOOK"], &rows)?;
    let url = settings.webhook_url.as_deref();
    output::line(format!(
        "web hook: {}",
        output::harmless(url.unwrap_or("none"))
    ))?;
    let contact = settings.push_contact.as_deref().unwrap_or("none");
    output::line(format!("contact of push: {}", output::harmless(contact)))
}

/// What is to be changed, if anything.
fn request(args: NotificationSettings) -> Result<Option<NotificationSettingsRequest>, CliError> {
    let is_nothing = args.on.is_empty() && args.off.is_empty() && args.webhook.is_none();
    if is_nothing && !args.no_webhook && args.push_contact.is_none() {
        return Ok(None);
    }
    let mut request = NotificationSettingsRequest::default();
    let on = args.on.iter().map(|what| (what, true));
    for (what, is_on) in on.chain(args.off.iter().map(|what| (what, false))) {
        let Some((kind, channel)) = what.split_once('.') else {
            let message = format!("`{what}` is no kind with a channel, such as `turn_done.push`");
            return Err(CliError::usage(message));
        };
        let channels = request.kinds.entry(kind.to_owned()).or_default();
        set(channels, channel, is_on)?;
    }
    if let Some(url) = args.webhook {
        request.webhook_url = Some(Some(url));
        request.webhook_secret = Some(webhook_secret()?);
    }
    if args.no_webhook {
        request.webhook_url = Some(None);
    }
    if let Some(contact) = args.push_contact {
        request.push_contact = Some(Some(contact).filter(|contact| !contact.is_empty()));
    }
    Ok(Some(request))
}

fn set(channels: &mut ChannelsRequest, channel: &str, is_on: bool) -> Result<(), CliError> {
    let field = match channel {
        "inbox" => &mut channels.inbox,
        "push" => &mut channels.push,
        "webhook" => &mut channels.webhook,
        _ => {
            let message = format!("`{channel}` is no channel; there are inbox, push and webhook");
            return Err(CliError::usage(message));
        }
    };
    *field = Some(is_on);
    Ok(())
}

/// It stands in no argument, which every user of the machine could read.
fn webhook_secret() -> Result<String, CliError> {
    if std::io::stdin().is_terminal() {
        return secret::ask("The secret that it is signed with: ");
    }
    let mut secret = String::new();
    std::io::stdin().read_to_string(&mut secret)?;
    Ok(secret.trim_end_matches(['\r', '\n']).to_owned())
}

/// Sends every browser that is told a message.
pub(super) async fn test(context: &Context) -> Result<(), CliError> {
    let request = codepiper_api::TryPushRequest::default();
    let answer = context
        .client
        .post("/notifications/push/test", &request)
        .await?;
    if context.json {
        return output::json(&answer);
    }
    let result = &answer["result"];
    let (delivered, attempted) = (&result["delivered"], &result["attempted"]);
    output::line(format!("taken by {delivered} of {attempted} push services"))?;
    if let Some(reason) = result["reason"].as_str() {
        output::note(output::harmless(reason));
    }
    Ok(())
}

/// Lists what was delivered where.
pub(super) async fn deliveries(context: &Context, limit: u16) -> Result<(), CliError> {
    let mut query = Query::default();
    query.add("limit", Some(limit));
    let path = query.behind("/notifications/deliveries");
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let found: Vec<Delivery> = Deserialize::deserialize(&answer["deliveries"])?;
    if found.is_empty() {
        output::note("nothing was sent anywhere");
        return Ok(());
    }
    let row = |one: &Delivery| {
        [
            one.notification_id.to_string(),
            one.created_at.to_string(),
            one.channel.clone(),
            one.target.clone(),
            one.state.clone(),
            one.attempts.to_string(),
            one.last_error.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let heads = ["NUMBER", "TIME", "BY", "WHERE", "STATE", "TRIES", "WHY"];
    output::table(heads, &rows)
}
