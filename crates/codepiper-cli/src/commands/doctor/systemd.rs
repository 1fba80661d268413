//! Whether sessions outlive the login that they were started from.

use std::process::Stdio;
use std::time::Duration;

use codepiper_engine::{Config, NoScope};
use tokio::process::Command;
use tokio::time::timeout;

use super::{Check, Level, check};

const DEADLINE: Duration = Duration::from_secs(3);

pub(super) async fn checks(config: &Config) -> [Check; 2] {
    let scope = codepiper_engine::session_scope(config).await;
    let linger = match scope {
        Err(NoScope::NoSystemd) => {
            let message = "there is no systemd here that would end what a login leaves";
            check("systemd.linger", Level::Ok, message)
        }
        Ok(()) | Err(NoScope::Refused(_)) => linger().await,
    };
    let scope = match scope {
        Ok(()) => {
            let message = "each session gets a scope of its own, so it outlives the login";
            check("systemd.scope", Level::Ok, message)
        }
        Err(error @ NoScope::NoSystemd) => check("systemd.scope", Level::Ok, error.to_string()),
        Err(error @ NoScope::Refused(_)) => {
            let message = format!("sessions may end with the login: {error}");
            check("systemd.scope", Level::Warning, message).fix(
                "start the daemon from a login of this user (not from `su` or `sudo`), where \
                 XDG_RUNTIME_DIR is set",
            )
        }
    };
    [scope, linger]
}

/// Whether systemd keeps what runs for the user when the last login is over.
async fn linger() -> Check {
    let user = rustix::process::getuid().as_raw().to_string();
    let mut asked = Command::new("loginctl");
    asked.args(["show-user", &user, "--property=Linger", "--value"]);
    asked.stdin(Stdio::null()).kill_on_drop(true);
    let said = timeout(DEADLINE, asked.output()).await;
    let said = said.ok().and_then(Result::ok);
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match said.as_deref() {
        Some("yes") => {
            let message = "sessions go on when the last login is over";
            check("systemd.linger", Level::Ok, message)
        }
        Some("no") => {
            let message = "systemd ends this user's sessions when the last login is over";
            check("systemd.linger", Level::Warning, message).fix("loginctl enable-linger")
        }
        _ => {
            let message = "it cannot be told whether sessions go on when the last login is over";
            check("systemd.linger", Level::Warning, message).fix("loginctl enable-linger")
        }
    }
}
