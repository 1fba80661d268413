use codepiper_api::{Client, EventsResponse};
use codepiper_model::{Event, escape_unseen};
use serde_json::Value;

use super::Context;
use crate::cli::Which;
use crate::error::CliError;
use crate::{output, resolve, url};

/// How long one request waits for something to happen, in milliseconds.
const WAIT_MS: u64 = 30_000;

pub(super) async fn run(
    context: &Context,
    session: Option<&str>,
    which: &Which,
) -> Result<(), CliError> {
    let path = match session {
        Some(text) => format!(
            "/sessions/{}/events",
            resolve::session(&context.client, text).await?.id
        ),
        None => "/events".to_owned(),
    };
    let filter = filter(which);
    let mut newest = format!("{filter}&order=desc&limit={}", which.tail);
    newest.extend(which.since.map(|since| format!("&since={since}")));
    let (events, answer) = read(&context.client, &path, &newest).await?;
    if context.json && !which.follow {
        return output::json(&answer);
    }
    let mut last = which.since.unwrap_or(0);
    for event in events.iter().rev() {
        print(context, event)?;
        last = last.max(event.id);
    }
    if !which.follow {
        return Ok(());
    }
    loop {
        let next = format!("{filter}&since={last}&limit=1000&waitMs={WAIT_MS}");
        let (events, _) = read(&context.client, &path, &next).await?;
        for event in &events {
            print(context, event)?;
            last = event.id;
        }
    }
}

fn filter(which: &Which) -> String {
    let pairs = [("source", &which.source), ("type", &which.kind)];
    let given = pairs.iter().filter_map(|(name, value)| {
        value
            .as_ref()
            .map(|value| format!("{name}={}", url::encode(value)))
    });
    given.collect::<Vec<_>>().join("&")
}

async fn read(client: &Client, path: &str, query: &str) -> Result<(Vec<Event>, Value), CliError> {
    let answer = client
        .get(&format!("{path}?{}", query.trim_start_matches('&')))
        .await?;
    let response: EventsResponse = serde_json::from_value(answer.clone())?;
    Ok((response.events, answer))
}

fn print(context: &Context, event: &Event) -> Result<(), CliError> {
    if context.json {
        return output::json(event);
    }
    let details = match event.kind.as_str() {
        // A whole screen is not for one line.
        "Screen" => format!("{}", event.payload["why"]),
        _ => event.payload.to_string(),
    };
    let session = &event.session_id.to_string()[..8];
    let (id, at, source, kind) = (
        event.id,
        event.timestamp,
        event.source.as_str(),
        &event.kind,
    );
    output::line(escape_unseen(&format!(
        "{id:>6} {at} {session} {source:<10} {kind} {details}"
    )))
}
