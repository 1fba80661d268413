use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codepiper_api::ErrorBody;
use tokio::process::Command;
use tokio::time::timeout;

use crate::error::CliError;
use crate::output;

/// How long the manager of services may take: it waits until the daemon has started or ended.
const DEADLINE: Duration = Duration::from_mins(1);

/// What of the environment the daemon and its agents need; no key and no token is among it.
const KEPT: [&str; 12] = [
    "PATH",
    "LANG",
    "CODEPIPER_DB_PATH",
    "CODEPIPER_KEY_FILE",
    "CODEPIPER_HTTP_PORT",
    "CODEPIPER_WS_PORT",
    "CODEPIPER_ALLOWED_ORIGINS",
    "CODEPIPER_TRUST_PROXY_HEADERS",
    "CODEPIPER_FORCE_SECURE_COOKIES",
    "CODEPIPER_API_RATE_LIMIT_MAX",
    "CODEPIPER_API_RATE_LIMIT_WINDOW_MS",
    "CODEPIPER_LOG",
];

/// The variables that are set, with what they are set to.
pub(super) fn environment() -> Vec<(&'static str, String)> {
    let kept = KEPT.into_iter();
    kept.filter_map(|name| Some((name, std::env::var(name).ok()?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Below the home of the user.
pub(super) fn home() -> Result<PathBuf, CliError> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    home.filter(|home| home.is_absolute())
        .ok_or_else(|| CliError::failed("no_home", "HOME is not set"))
}

/// Writes the description of a service, with the directories that it is in.
pub(super) fn write(file: &Path, text: &str) -> Result<(), CliError> {
    if let Some(dir) = file.parent() {
        fs_err::create_dir_all(dir)?;
    }
    Ok(fs_err::write(file, text)?)
}

/// Runs the manager of services, and says what it said where it refused.
pub(super) async fn call(program: &str, args: &[&str]) -> Result<(), CliError> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    let shown = format!("{program} {}", args.join(" "));
    let refused = |why: String| {
        let body = ErrorBody::new("service_refused", format!("`{shown}`: {why}"));
        CliError::Refused(body.with_hint("`codepiper daemon --detach` needs no service"))
    };
    let Ok(ended) = timeout(DEADLINE, command.output()).await else {
        return Err(refused(format!("no answer in {} s", DEADLINE.as_secs())));
    };
    let said = ended.map_err(|error| refused(error.to_string()))?;
    if said.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&said.stderr);
    Err(refused(output::harmless(words.trim())))
}
