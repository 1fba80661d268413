//! The daemon as a process: started in the background, found, ended.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use codepiper_api::{Client, ClientError, ErrorBody};
use codepiper_engine::Config;
use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep, timeout};

use crate::cli::{LogFormat, WebFlags};
use crate::error::CliError;
use crate::{output, place};

const START_DEADLINE: Duration = Duration::from_secs(15);
const STOP_DEADLINE: Duration = Duration::from_secs(20);

/// How long a daemon that is to stop is asked whether it minds.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// A log longer than this is put aside when a daemon starts; the one before it goes.
const LOG_MAX: u64 = 10 * 1024 * 1024;

/// Starts a daemon in the background and waits until it answers.
pub(crate) async fn start_detached(
    client: &Client,
    format: LogFormat,
    web: &WebFlags,
) -> Result<i32, CliError> {
    if let Ok(pid) = client.daemon_pid().await {
        let message = format!(
            "a daemon already listens on `{}`",
            client.socket().display()
        );
        let body = ErrorBody::new("daemon_running", message);
        let hint = pid.map_or_else(String::new, |pid| format!("its process is {pid}"));
        return Err(CliError::Refused(body.with_hint(hint)));
    }
    let config = place::config(client.socket().to_owned())?;
    let log = place::log_file(&config);
    let mut child = spawn(&config, &log, format, web)?;
    let deadline = Instant::now() + START_DEADLINE;
    loop {
        match client.get("/version").await {
            Ok(_) => return Ok(i32::try_from(child.id()).unwrap_or(0)),
            Err(ClientError::Unreachable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(status) = child.try_wait()? {
            let last = last_lines(&log, 5);
            let message = format!("the daemon ended at once ({status}):\n{last}");
            return Err(CliError::failed("daemon_failed", message));
        }
        if Instant::now() > deadline {
            let message = format!(
                "the daemon does not answer on `{}`",
                client.socket().display()
            );
            let hint = format!("its log is `{}`", log.display());
            return Err(CliError::Failed(
                ErrorBody::new("daemon_failed", message).with_hint(hint),
            ));
        }
        sleep(Duration::from_millis(5)).await;
    }
}

fn spawn(
    config: &Config,
    log: &Path,
    format: LogFormat,
    web: &WebFlags,
) -> Result<Child, CliError> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    use std::os::unix::fs::DirBuilderExt as _;

    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(config.state_dir())?;
    if fs_err::metadata(log).is_ok_and(|meta| meta.len() > LOG_MAX) {
        fs_err::rename(log, log.with_extension("log.1"))?;
    }
    let mut options = fs_err::OpenOptions::new();
    let log = options
        .create(true)
        .append(true)
        .mode(0o600)
        .open(log)?
        .into_file();
    let mut command = Command::new(&config.program);
    command
        .arg("--socket")
        .arg(&config.socket)
        .args(["daemon", "start", "--detached"])
        .args(web.args());
    if format == LogFormat::Json {
        command.args(["--log-format", "json"]);
    }
    // A daemon that is started inside a session is not part of it, and says so: it is still
    // below that session's tmux server.
    command.env("CODEPIPER_SESSION", "");
    for name in ["CODEPIPER_UNIX_SOCK", "TMUX", "TMUX_PANE"] {
        command.env_remove(name);
    }
    command.current_dir("/").stdin(Stdio::null());
    command.stdout(log.try_clone()?).stderr(log);
    Ok(command.spawn()?)
}

/// Makes sure that a daemon of our own version runs. One of another version is replaced; its
/// sessions stay. `web` is for one that does not run yet.
pub(crate) async fn ensure(client: &Client, web: &WebFlags) -> Result<(), CliError> {
    let version = match client.get("/version").await {
        Ok(answer) => answer["version"].as_str().unwrap_or_default().to_owned(),
        Err(ClientError::Unreachable { .. }) => {
            start_detached(client, LogFormat::Text, web).await?;
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let own = env!("CARGO_PKG_VERSION");
    if version != own {
        output::note(format!(
            "restarting the daemon: it is {version}, this is {own}"
        ));
        let web = served(client).await?;
        stop(client).await?;
        start_detached(client, LogFormat::Text, &web).await?;
    }
    Ok(())
}

/// Where a daemon serves its dashboard.
pub(crate) async fn served(client: &Client) -> Result<WebFlags, CliError> {
    let health = client.get("/health").await?;
    // An older one serves none, and does not say so.
    let addresses: Vec<_> = serde_json::from_value(health["web"].clone()).unwrap_or_default();
    Ok(WebFlags::of(&addresses))
}

/// Ends the daemon and waits until it is gone. Its sessions live on.
pub(crate) async fn stop(client: &Client) -> Result<(), CliError> {
    let Some(pid) = client.daemon_pid().await?.and_then(Pid::from_raw) else {
        return Err(CliError::failed(
            "daemon_unknown",
            "the daemon's process cannot be told",
        ));
    };
    // A signal asks nobody: an agent, who runs as the same user, is told here that it may not. A
    // daemon that does not answer is stopped all the same.
    let asked = timeout(ANSWER_MAX, client.get("/settings/daemon")).await;
    if let Ok(Err(error @ ClientError::Refused { status: 403, .. })) = asked {
        return Err(error.into());
    }
    let signal = |signal| rustix::process::kill_process(pid, signal).map_err(std::io::Error::from);
    signal(Signal::TERM)?;
    let deadline = Instant::now() + STOP_DEADLINE;
    let mut killed = false;
    while rustix::process::test_kill_process(pid).is_ok() && !is_zombie(pid) {
        if Instant::now() > deadline && !killed {
            // What was acknowledged is stored; nothing is lost by this.
            signal(Signal::KILL)?;
            killed = true;
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// A daemon that our own caller started and has not waited for yet.
fn is_zombie(pid: Pid) -> bool {
    let stat = fs_err::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    stat.is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| rest.starts_with(" Z"))
    })
}

/// The last lines of a file.
pub(crate) fn last_lines(path: &Path, count: usize) -> String {
    let text = fs_err::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
