//! The daemon itself.

use std::net::SocketAddr;

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_engine::{DaemonSettings, Engine, SettingsChange};
use codepiper_model::{Actor, Status};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::extract::Body;

/// Where the dashboard is served.
#[derive(Clone, Debug)]
pub(crate) struct WebAddresses {
    pub(crate) web: Vec<SocketAddr>,
    /// `/ws` alone.
    pub(crate) ws: Option<SocketAddr>,
}

pub(crate) async fn health(
    State(engine): State<Engine>,
    Extension(WebAddresses { web, ws }): Extension<WebAddresses>,
) -> Result<Json<Value>, ApiError> {
    let sessions = engine.sessions.list().await?;
    // Live by the books, but without a terminal that we hold.
    let zombies = sessions
        .iter()
        .filter(|s| s.status.is_live() && s.attach.is_none())
        .count();
    let running = sessions
        .iter()
        .filter(|s| s.status == Status::Running)
        .count();
    Ok(Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "web": web,
        "ws": ws,
        "runningSessionCount": running,
        "zombieSessionCount": zombies,
    })))
}

pub(crate) async fn version(State(engine): State<Engine>) -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "tmux": engine.sessions.tmux_version().ok(),
    }))
}

pub(crate) async fn providers(State(engine): State<Engine>) -> Json<Value> {
    Json(json!({ "providers": engine.sessions.providers().await }))
}

pub(crate) async fn settings(State(engine): State<Engine>) -> Json<Value> {
    answer(&engine.settings.get())
}

pub(crate) async fn change_settings(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<SettingsChange>,
) -> Result<Json<Value>, ApiError> {
    Ok(answer(&engine.settings.change(change, actor).await?))
}

fn answer(settings: &DaemonSettings) -> Json<Value> {
    Json(json!({ "settings": settings }))
}
