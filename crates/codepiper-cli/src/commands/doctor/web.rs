//! The dashboard's ports, and whether messages reach browsers.

use std::net::{Ipv4Addr, TcpListener};

use serde::Deserialize;

use super::{Check, Context, Level, check};
use crate::output;

#[derive(Deserialize)]
struct Delivery {
    channel: String,
    target: String,
    state: String,
    #[serde(rename = "lastError")]
    last_error: Option<String>,
}

/// Where it serves; without a daemon, whether it could.
pub(super) async fn ports(context: &Context) -> Check {
    if let Ok(answer) = context.client.get("/version").await {
        let web = answer["web"].as_array().cloned().unwrap_or_default();
        let places: Vec<&str> = web.iter().filter_map(|place| place.as_str()).collect();
        let message = if places.is_empty() {
            "the daemon serves no dashboard; `--web` starts it".to_owned()
        } else {
            format!("the dashboard is at {}", places.join(", "))
        };
        return check("web.ports", Level::Ok, message);
    }
    let port = std::env::var("CODEPIPER_HTTP_PORT").ok();
    let port = port.and_then(|port| port.parse().ok()).unwrap_or(3000);
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => check("web.ports", Level::Ok, format!("port {port} is free")),
        Err(error) => check("web.ports", Level::Warning, format!("port {port}: {error}"))
            .fix("choose another one: `codepiper daemon --web --port PORT`"),
    }
}

/// What became of what was sent last to each place.
pub(super) async fn deliveries(context: &Context) -> Option<Check> {
    let path = "/notifications/deliveries?limit=100";
    let answer = context.client.get(path).await.ok()?;
    let sent: Vec<Delivery> = Deserialize::deserialize(&answer["deliveries"]).ok()?;
    let mut seen = Vec::new();
    let mut failing = Vec::new();
    for one in sent {
        let place = (one.channel, one.target);
        if seen.contains(&place) {
            continue;
        }
        // One that was read first was never sent.
        let is_known = one.state == "delivered" || one.last_error.is_some();
        if !is_known || one.last_error.as_deref() == Some("it was read first") {
            continue;
        }
        if one.state != "delivered" {
            let why = one.last_error.unwrap_or_default();
            failing.push(format!("{} {}: {why}", place.0, place.1));
        }
        seen.push(place);
    }
    if seen.is_empty() {
        let message = "nothing was sent to browsers or a web hook yet";
        return Some(check("notifications", Level::Ok, message));
    }
    if failing.is_empty() {
        let message = format!("what was sent last reached all of {} places", seen.len());
        return Some(check("notifications", Level::Ok, message));
    }
    let message = output::harmless(&failing.join("; "));
    let fix = "see `codepiper notifications deliveries`, try with `codepiper notifications test`";
    Some(check("notifications", Level::Warning, message).fix(fix))
}

/// Whether the sessions that run now come back after the machine was off.
pub(super) async fn reboot(context: &Context) -> Option<Check> {
    let answer = context.client.get("/settings/daemon").await.ok()?;
    let comes_back = answer["settings"]["restoreAfterReboot"].as_bool()?;
    let message = if comes_back {
        "the sessions come back when the daemon starts after the machine was off"
    } else {
        "sessions that the end of the machine ends stay ended until `codepiper restore`"
    };
    let found = check("sessions.reboot", Level::Ok, message);
    Some(if comes_back {
        found
    } else {
        found.fix("codepiper settings set restoreAfterReboot true")
    })
}
