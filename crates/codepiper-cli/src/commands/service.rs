//! The daemon as a service of the user: of systemd, or of launchd on macOS.

#[cfg(target_os = "macos")]
mod launchd;
mod manager;
#[cfg(not(target_os = "macos"))]
mod systemd;

use codepiper_api::{ClientError, ErrorBody};
use serde::Serialize;

#[cfg(target_os = "macos")]
use launchd as host;
#[cfg(not(target_os = "macos"))]
use systemd as host;

use super::Context;
use crate::cli::{Service, ServiceCommand, WebFlags};
use crate::error::CliError;
use crate::output;

/// How the service is.
#[derive(Serialize)]
struct Status {
    /// Where it is described.
    file: String,
    installed: bool,
    running: bool,
}

pub(super) async fn run(context: &Context, service: Service) -> Result<(), CliError> {
    match service.command {
        ServiceCommand::Install { web } => install(context, &web).await,
        ServiceCommand::Uninstall => uninstall(context).await,
        ServiceCommand::Status => show(context).await,
    }
}

async fn install(context: &Context, web: &WebFlags) -> Result<(), CliError> {
    let was_installed = host::file()?.exists();
    let answers = !matches!(
        context.client.get("/version").await,
        Err(ClientError::Unreachable { .. })
    );
    if answers && !was_installed {
        let body = ErrorBody::new(
            "daemon_running",
            "a daemon runs already that no service has started",
        );
        let hint = "stop it first, its sessions live on: `codepiper daemon stop`";
        return Err(CliError::Refused(body.with_hint(hint)));
    }
    let mut args = vec![
        std::env::current_exe()?.display().to_string(),
        "--socket".to_owned(),
        context.client.socket().display().to_string(),
        "daemon".to_owned(),
    ];
    args.extend(web.args());
    host::install(&args).await?;
    show(context).await?;
    if !context.json {
        output::note(host::AFTER_LOGOUT);
    }
    Ok(())
}

async fn uninstall(context: &Context) -> Result<(), CliError> {
    if !host::file()?.exists() {
        let body = ErrorBody::new("not_installed", "the service is not installed");
        return Err(CliError::NotFound(body));
    }
    host::uninstall().await?;
    show(context).await
}

async fn show(context: &Context) -> Result<(), CliError> {
    let file = host::file()?;
    let status = Status {
        installed: file.exists(),
        running: host::is_running().await,
        file: file.display().to_string(),
    };
    if context.json {
        return output::json(&status);
    }
    let state = match (status.installed, status.running) {
        (true, true) => "installed, and runs",
        (true, false) => "installed, and does not run",
        (false, _) => "not installed",
    };
    output::line(format!("{state}: {}", status.file))
}
