mod files;
mod machine;
mod systemd;
mod web;

use std::process::ExitCode;

use codepiper_api::ClientError;
use codepiper_engine::Config;
use serde::Serialize;

use super::Context;
use crate::error::CliError;
use crate::{output, place};

#[derive(Serialize)]
struct Check {
    id: String,
    level: Level,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warning,
    Error,
}

#[derive(Serialize)]
struct Findings {
    ok: bool,
    checks: Vec<Check>,
}

pub(super) async fn run(context: &Context, mend: bool) -> Result<ExitCode, CliError> {
    let config = place::config(context.client.socket().to_owned())?;
    let mut checks = vec![
        tmux(&config).await,
        daemon(context).await,
        files::permissions(&config, mend),
        machine::disk(&config),
        machine::database(&config),
        machine::clock().await,
        prices(&config),
        web::ports(context).await,
    ];
    checks.extend(web::deliveries(context).await);
    checks.extend(web::reboot(context).await);
    checks.extend(systemd::checks(&config).await);
    checks.extend(providers(&config).await);
    let ok = checks.iter().all(|check| check.level != Level::Error);
    if context.json {
        output::json(&Findings { ok, checks })?;
    } else {
        for Check {
            id,
            level,
            message,
            fix,
        } in &checks
        {
            let mark = match level {
                Level::Ok => "ok     ",
                Level::Warning => "warning",
                Level::Error => "error  ",
            };
            output::line(format!("{mark}  {id:<26} {message}"))?;
            if let Some(fix) = fix {
                output::line(format!("         {:<26} {fix}", ""))?;
            }
        }
    }
    Ok(if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn check(id: &str, level: Level, message: impl Into<String>) -> Check {
    Check {
        id: id.to_owned(),
        level,
        message: message.into(),
        fix: None,
    }
}

impl Check {
    fn fix(self, fix: impl Into<String>) -> Self {
        Self {
            fix: Some(fix.into()),
            ..self
        }
    }
}

async fn tmux(config: &Config) -> Check {
    match codepiper_engine::tmux_version(config).await {
        Ok(version) => check("tmux.version", Level::Ok, format!("tmux {version}")),
        Err(error) => check("tmux.version", Level::Error, error.to_string())
            .fix("install tmux 3.2 or later: `apt-get install tmux` or `brew install tmux`"),
    }
}

async fn daemon(context: &Context) -> Check {
    let socket = context.client.socket().display();
    match context.client.get("/version").await {
        Ok(answer) => {
            let version = answer["version"].as_str().unwrap_or_default();
            let own = env!("CARGO_PKG_VERSION");
            if version == own {
                check(
                    "daemon.reachable",
                    Level::Ok,
                    format!("version {version} on {socket}"),
                )
            } else {
                check(
                    "daemon.reachable",
                    Level::Warning,
                    format!("it is {version}, this is {own}"),
                )
                .fix("codepiper daemon restart")
            }
        }
        Err(ClientError::Unreachable { .. }) => check(
            "daemon.reachable",
            Level::Warning,
            format!("no daemon listens on {socket}"),
        )
        .fix("codepiper daemon --detach"),
        Err(error) => check("daemon.reachable", Level::Error, error.to_string())
            .fix("codepiper daemon restart"),
    }
}

fn prices(config: &Config) -> Check {
    let of_program = "those of the program";
    match codepiper_engine::check_prices(&config.prices_file()) {
        Ok(0) => check("prices", Level::Ok, of_program),
        Ok(own) => check(
            "prices",
            Level::Ok,
            format!("{own} of your own, and {of_program}"),
        ),
        Err(problem) => {
            let problem = output::harmless(&problem.to_string());
            let message = format!("your own are left out, {of_program} count: {problem}");
            check("prices", Level::Warning, message).fix(
                "mend the file, then `codepiper daemon restart` and `codepiper analytics rebuild`",
            )
        }
    }
}

async fn providers(config: &Config) -> Vec<Check> {
    let statuses = codepiper_engine::provider_statuses(config)
        .await
        .into_iter();
    let describe = |status: codepiper_engine::ProviderStatus| {
        let id = format!("provider.{}", status.id);
        let (level, message) = match (status.installed, status.signed_in) {
            (true, true) if status.warnings.is_empty() => (Level::Ok, "ready".to_owned()),
            (true, true) => (Level::Warning, "ready".to_owned()),
            (true, false) => (Level::Warning, "nobody is signed in".to_owned()),
            (false, _) => (Level::Warning, "not installed".to_owned()),
        };
        let mut said = vec![message];
        said.extend(status.version.map(|version| format!("version {version}")));
        said.extend(status.warnings);
        let found = check(&id, level, said.join("; "));
        match status.hint {
            Some(hint) => found.fix(hint),
            None => found,
        }
    };
    statuses.map(describe).collect()
}
