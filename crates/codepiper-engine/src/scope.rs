//! A systemd scope for each session: what is in the scope of a login may be ended with it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codepiper_model::SessionId;
use tokio::process::Command;
use tokio::time::timeout;

use crate::Config;

const DEADLINE: Duration = Duration::from_secs(3);

/// Why sessions get no scope of their own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoScope {
    /// There is no systemd here, so nothing ends what a login leaves running.
    #[error("there is no systemd here")]
    NoSystemd,
    /// There is one, and it does not do it.
    #[error("`systemd-run --user --scope` does not work: {0}")]
    Refused(String),
}

/// Starts programs in scopes of their own.
#[derive(Clone, Debug)]
pub(crate) struct Scopes {
    systemd_run: PathBuf,
}

impl Scopes {
    /// Finds out whether that works here.
    pub(crate) async fn find(config: &Config) -> Result<Self, NoScope> {
        let path = config.var_os("PATH");
        let found = std::env::split_paths(&path)
            .filter(|dir| dir.is_absolute())
            .map(|dir| dir.join("systemd-run"))
            .find(|program| program.is_file());
        let scopes = Self {
            systemd_run: found
                .filter(|_| cfg!(target_os = "linux"))
                .ok_or(NoScope::NoSystemd)?,
        };
        let unit = format!("codepiper-probe-{}", SessionId::random().short());
        let prefix = scopes.prefix(&unit);
        let mut probe = Command::new(&scopes.systemd_run);
        probe.args(&prefix[1..]).arg("true").env_clear();
        // What a session's tmux server gets of what systemd-run needs.
        let names = ["PATH", "XDG_RUNTIME_DIR"].map(OsStr::new);
        let given = names.map(|name| Some((name, config.environment.get(name)?)));
        probe.envs(given.into_iter().flatten());
        probe.stdin(Stdio::null()).stdout(Stdio::null());
        probe.stderr(Stdio::piped()).kill_on_drop(true);
        let output = match timeout(DEADLINE, probe.output()).await {
            Err(_) => return Err(NoScope::Refused("it does not answer".to_owned())),
            Ok(Err(error)) => return Err(NoScope::Refused(error.to_string())),
            Ok(Ok(output)) => output,
        };
        if output.status.success() {
            return Ok(scopes);
        }
        // Where systemd did not start the machine, its programs may be there all the same.
        if !Path::new("/run/systemd/system").exists() {
            return Err(NoScope::NoSystemd);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(NoScope::Refused(said.trim().to_owned()))
    }

    /// What goes before the command that a session's tmux server is started with. systemd-run
    /// executes it in its own process. The scope is named after the session, so that whatever is in
    /// it is known to come out of that.
    pub(crate) fn launcher(&self, id: SessionId) -> Vec<OsString> {
        self.prefix(&id.tmux_name())
    }

    fn prefix(&self, unit: &str) -> Vec<OsString> {
        let mut prefix = vec![self.systemd_run.clone().into_os_string()];
        let unit = format!("--unit={unit}");
        let args = ["--user", "--scope", "--quiet", "--collect", &unit, "--"];
        prefix.extend(args.map(OsString::from));
        prefix
    }
}
