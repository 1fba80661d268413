use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use codepiper_engine::{Config, Engine, SettingsFile};
use codepiper_model::SystemClock;
use codepiper_server::{BindError, Socket, Web, WebConfig};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::cli::{Daemon, DaemonCommand, DaemonRun, LogFormat, WebFlags};
use crate::error::CliError;
use crate::{daemon_process, output, place};

pub(super) fn run(args: Daemon, socket: Option<PathBuf>, json: bool) -> Result<ExitCode, CliError> {
    let socket = place::socket(socket)?;
    let command = args.command.unwrap_or(DaemonCommand::Start(args.run));
    if let DaemonCommand::Start(run) = &command
        && !run.detach
    {
        return serve(&socket, run);
    }
    let client = codepiper_api::Client::new(socket);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            DaemonCommand::Start(run) => {
                let pid = daemon_process::start_detached(&client, run.log_format, &run.web).await?;
                answer(
                    json,
                    &json!({ "pid": pid }),
                    &format!("the daemon runs (pid {pid})"),
                )
            }
            DaemonCommand::Stop => {
                daemon_process::stop(&client).await?;
                answer(
                    json,
                    &json!({ "success": true }),
                    "the daemon has stopped; its sessions live on",
                )
            }
            DaemonCommand::Restart => {
                let mut web = WebFlags::default();
                if client.daemon_pid().await.is_ok() {
                    web = daemon_process::served(&client).await?;
                    daemon_process::stop(&client).await?;
                }
                let started = daemon_process::start_detached(&client, LogFormat::Text, &web);
                let pid = started.await?;
                answer(
                    json,
                    &json!({ "pid": pid }),
                    &format!("the daemon runs again (pid {pid})"),
                )
            }
            DaemonCommand::Status => {
                let health = client.get("/health").await?;
                let served = health["web"].as_array().map_or(&[][..], Vec::as_slice);
                let served = served.iter().filter_map(|address| address.as_str());
                let served = served.fold(String::new(), |said, address| {
                    said + "\n  dashboard http://" + address
                });
                let text = format!(
                    "the daemon runs: version {}, pid {}, {} sessions running\n  socket {}{served}",
                    health["version"].as_str().unwrap_or_default(),
                    health["pid"],
                    health["runningSessionCount"],
                    client.socket().display(),
                );
                answer(json, &health, &text)
            }
            DaemonCommand::Logs { lines } => {
                let log = place::log_file(&place::config(client.socket().to_owned())?);
                output::line(daemon_process::last_lines(&log, lines))?;
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

fn answer(json: bool, value: &serde_json::Value, text: &str) -> Result<ExitCode, CliError> {
    if json {
        output::json(value)
    } else {
        output::line(text)
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Is the daemon, until SIGTERM or SIGINT.
fn serve(socket: &Path, run: &DaemonRun) -> Result<ExitCode, CliError> {
    if run.detached {
        // A terminal that closes must not take the daemon along.
        let _ = rustix::process::setsid();
    }
    start_log(run.log_format);
    raise_file_limit();
    let mut config = place::config(socket.to_owned())?;
    SettingsFile::read(&config).fill(&mut config);
    if let Some(port) = run.web.port {
        config.flags.insert("httpPort", port.to_string());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(async {
        if Socket::is_live(socket) {
            return Err(bind_error(&BindError::InUse(socket.to_owned())));
        }
        let web = web(run, &config).await?;
        // The lock of the database comes before the socket: of two daemons that start at once,
        // the one that may not run must not take the other's socket away.
        let started = Engine::start(config, Arc::new(SystemClock)).await;
        let (engine, moved) =
            started.map_err(|error| CliError::failed("daemon_failed", error.to_string()))?;
        let listener = match Socket::bind(socket) {
            Ok(listener) => listener,
            Err(error) => {
                engine.release().await;
                return Err(bind_error(&error));
            }
        };
        // The socket is there and nobody is served yet: what hooks could not report comes first.
        match engine.hooks.take_spool().await {
            Ok(0) => {}
            Ok(taken) => tracing::info!(taken, "took up what hooks had reported meanwhile"),
            Err(error) => tracing::error!(%error, "cannot read the spool"),
        }
        if let Some(moved) = moved {
            let to = moved.to.display();
            tracing::warn!("the database there was not ours; it is now `{to}`");
        }
        let stop = CancellationToken::new();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let asked = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            asked.cancel();
        });
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            socket = %socket.display(),
            database = %engine.config.database.display(),
            "ready"
        );
        if let Some(web) = &web {
            announce(&engine, web).await?;
        }
        let served = codepiper_server::serve(engine.clone(), listener, web, stop).await;
        engine.stop().await;
        tracing::info!("stopped");
        Ok(served?)
    });
    // A reader that is still attached must not hold the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    result.map(|()| ExitCode::SUCCESS)
}

/// Opens the doors of the web, where that is wanted.
async fn web(run: &DaemonRun, started: &Config) -> Result<Option<Web>, CliError> {
    let flags = &run.web;
    if !flags.web {
        return Ok(None);
    }
    let var = |name: &str| started.var(name);
    let config = WebConfig::read(var, flags.port, &flags.listen);
    let config = config.map_err(|error| CliError::failed("bad_setting", error.to_string()))?;
    match Web::bind(config).await {
        Ok(web) => Ok(Some(web)),
        Err(error) if flags.if_free => {
            tracing::warn!("{error}; `codepiper daemon restart` serves it once that is free");
            Ok(None)
        }
        Err(error) => {
            let body = codepiper_api::ErrorBody::new("cannot_listen", error.to_string());
            let hint = "`--port` chooses another one, and 0 any that is free";
            Err(CliError::Failed(body.with_hint(hint)))
        }
    }
}

/// Says where the dashboard is, and with which password one comes in the first time: on a terminal
/// that a person looks at, else in a file that only its owner can read.
async fn announce(engine: &Engine, web: &Web) -> Result<(), CliError> {
    for address in web.addresses() {
        tracing::info!("the dashboard is at http://{address}");
    }
    let failed =
        |error: codepiper_engine::EngineError| CliError::failed("daemon_failed", error.to_string());
    let Some(password) = engine.auth.first_password().await.map_err(failed)? else {
        return Ok(());
    };
    if std::io::stdout().is_terminal() {
        return output::line(format!(
            "sign in with this password, which is shown only now: {}",
            password.reveal()
        ));
    }
    let file = engine.auth.keep_first_password(&password).map_err(failed)?;
    tracing::info!(file = %file.display(), "the password for the first sign-in is in this file");
    Ok(())
}

/// A session takes about four descriptors; the usual limit of 256 on macOS would end at sixty.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    const WANTED: u64 = 1024;
    let mut limit = getrlimit(Resource::Nofile);
    let reachable = limit.maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if limit.current.is_some_and(|current| current < reachable) {
        limit.current = Some(reachable);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "cannot raise the limit of open files");
        }
    }
}

fn bind_error(error: &BindError) -> CliError {
    let body = codepiper_api::ErrorBody::new("cannot_listen", error.to_string());
    match error {
        BindError::InUse(_) => CliError::Refused(body),
        BindError::NotASocket(_) | BindError::Io { .. } => CliError::Failed(body),
    }
}

fn start_log(format: LogFormat) {
    let filter =
        EnvFilter::try_from_env("CODEPIPER_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(false).init(),
        LogFormat::Json => subscriber.json().init(),
    }
}
