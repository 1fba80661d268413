//! The daemon itself.

use std::net::SocketAddr;

use axum::extract::State;
use axum::{Extension, Json};
use codepiper_engine::{DaemonSettings, Engine, ProviderStatus, SettingView, SettingsChange};
use codepiper_model::{Actor, Status};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::entrance::SecondLook;
use crate::error::ApiError;
use crate::extract::{Body, Name};

/// Where the dashboard is served.
#[derive(Clone, Debug)]
pub(crate) struct WebAddresses {
    pub(crate) web: Vec<SocketAddr>,
    /// `/ws` alone.
    pub(crate) ws: Option<SocketAddr>,
}

/// The versions of what runs here.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionResponse {
    /// Of this program.
    version: &'static str,
    /// Of tmux; none where it cannot be found.
    tmux: Option<String>,
}

/// The agents that are known.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProvidersResponse {
    /// The agents, in the order in which they are offered.
    providers: Vec<ProviderStatus>,
}

/// The settings of the daemon.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettingsResponse {
    /// The settings.
    settings: DaemonSettings,
}

/// Every setting.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllSettingsResponse {
    /// Those that can be changed here first.
    settings: Vec<SettingView>,
    /// What of `config.toml` does not make sense.
    problems: Vec<String>,
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

/// Says which version this is.
#[utoipa::path(
    get,
    path = "/version",
    tag = "daemon",
    responses((status = 200, body = VersionResponse))
)]
pub(crate) async fn version(State(engine): State<Engine>) -> Json<VersionResponse> {
    Json(VersionResponse {
        version: env!("CARGO_PKG_VERSION"),
        tmux: engine.sessions.tmux_version().ok(),
    })
}

/// Lists the agents that can be run, and what works with each on this machine.
#[utoipa::path(
    get,
    path = "/providers",
    tag = "daemon",
    responses((status = 200, body = ProvidersResponse))
)]
pub(crate) async fn providers(State(engine): State<Engine>) -> Json<ProvidersResponse> {
    let providers = engine.sessions.providers().await;
    Json(ProvidersResponse { providers })
}

/// Shows the settings of the daemon.
#[utoipa::path(
    get,
    path = "/settings/daemon",
    tag = "daemon",
    responses((status = 200, body = SettingsResponse))
)]
pub(crate) async fn settings(State(engine): State<Engine>) -> Json<SettingsResponse> {
    let settings = engine.settings.get();
    Json(SettingsResponse { settings })
}

/// Shows every setting, with what is known of it and where its value comes from.
#[utoipa::path(
    get,
    path = "/settings",
    tag = "settings",
    responses((status = 200, body = AllSettingsResponse))
)]
pub(crate) async fn all_settings(
    State(engine): State<Engine>,
) -> Result<Json<AllSettingsResponse>, ApiError> {
    Ok(Json(AllSettingsResponse {
        settings: engine.settings.list().await?,
        problems: engine.settings.problems().to_vec(),
    }))
}

/// Takes back what was said of a setting: what the file says counts again, or its default.
#[utoipa::path(
    delete,
    path = "/settings/{name}",
    tag = "settings",
    params(("name" = String, Path, description = "The setting")),
    responses((status = 200, body = SettingsResponse))
)]
pub(crate) async fn unset_setting(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Name(name): Name,
) -> Result<Json<SettingsResponse>, ApiError> {
    let settings = engine.settings.unset(&name, actor).await?;
    Ok(Json(SettingsResponse { settings }))
}

/// Changes settings of the daemon.
#[utoipa::path(
    put,
    path = "/settings/daemon",
    tag = "daemon",
    request_body = SettingsChange,
    responses((status = 200, body = SettingsResponse))
)]
pub(crate) async fn change_settings(
    State(engine): State<Engine>,
    Extension(actor): Extension<Actor>,
    _: SecondLook,
    Body(change): Body<SettingsChange>,
) -> Result<Json<SettingsResponse>, ApiError> {
    let settings = engine.settings.change(change, actor).await?;
    Ok(Json(SettingsResponse { settings }))
}
