//! The disk, the clock, and the database on it.

use std::process::Stdio;
use std::time::Duration;

use codepiper_engine::Config;
use tokio::process::Command;
use tokio::time::timeout;

use super::{Check, Level, check};
use crate::output;

const DEADLINE: Duration = Duration::from_secs(3);

/// Free bytes below which a day of agents may not fit, and below which nothing is written any more.
const LOW: u64 = 1024 * 1024 * 1024;
const FULL: u64 = 50 * 1024 * 1024;

pub(super) fn disk(config: &Config) -> Check {
    let mut dir = config.state_dir();
    while !dir.is_dir() {
        let Some(above) = dir.parent() else { break };
        dir = above;
    }
    let shown = dir.display();
    let Ok(found) = rustix::fs::statvfs(dir) else {
        return check(
            "disk.space",
            Level::Warning,
            format!("{shown} cannot be looked at"),
        );
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let level = match free {
        0..FULL => Level::Error,
        FULL..LOW => Level::Warning,
        _ => Level::Ok,
    };
    let found = check(
        "disk.space",
        level,
        format!("{} MB free at {shown}", free / 1_000_000),
    );
    if level == Level::Ok {
        return found;
    }
    found.fix("make room: `codepiper prune`, `codepiper worktree prune`")
}

/// A wrong clock refuses the codes of authenticators, and orders events wrongly.
pub(super) async fn clock() -> Check {
    let mut asked = Command::new("timedatectl");
    asked.args(["show", "--property=NTPSynchronized", "--value"]);
    asked.stdin(Stdio::null()).kill_on_drop(true);
    let said = timeout(DEADLINE, asked.output()).await;
    let said = said.ok().and_then(Result::ok);
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match said.as_deref() {
        Some("yes") => check("clock", Level::Ok, "it is kept right by the network"),
        Some("no") => {
            let message = "nobody keeps it right; codes of authenticators fail where it is wrong";
            check("clock", Level::Warning, message).fix("timedatectl set-ntp true")
        }
        _ => check(
            "clock",
            Level::Ok,
            "this machine does not say who keeps it right",
        ),
    }
}

pub(super) fn database(config: &Config) -> Check {
    let path = &config.database;
    if !path.exists() {
        return check(
            "database",
            Level::Ok,
            format!("{} will be made", path.display()),
        );
    }
    match codepiper_engine::look_at_database(path) {
        Ok(()) => check(
            "database",
            Level::Ok,
            format!("{} is whole", path.display()),
        ),
        Err(error) => {
            let error = output::harmless(&error.to_string());
            let message = format!("{}: {error}", path.display());
            check("database", Level::Error, message).fix(
                "stop the daemon, keep a copy of the file, and bring back a backup: \
                 `codepiper restore FILE`",
            )
        }
    }
}
