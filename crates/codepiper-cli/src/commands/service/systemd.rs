//! A unit of the user's systemd, <https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html>

use std::fmt::Write as _;
use std::path::PathBuf;

use super::manager;
use crate::error::CliError;

const UNIT: &str = "codepiper.service";

/// Services of a user end with their last login, unless they may linger.
pub(super) const AFTER_LOGOUT: &str =
    "so that it starts with the machine and outlives your logins: loginctl enable-linger";

pub(super) fn file() -> Result<PathBuf, CliError> {
    let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let config = match config.filter(|config| config.is_absolute()) {
        Some(config) => config,
        None => manager::home()?.join(".config"),
    };
    Ok(config.join("systemd/user").join(UNIT))
}

pub(super) async fn install(args: &[String]) -> Result<(), CliError> {
    manager::write(&file()?, &unit(args))?;
    manager::call("systemctl", &["--user", "daemon-reload"]).await?;
    manager::call("systemctl", &["--user", "enable", UNIT]).await?;
    // One that runs already runs with what is written there now.
    manager::call("systemctl", &["--user", "restart", UNIT]).await
}

pub(super) async fn uninstall() -> Result<(), CliError> {
    manager::call("systemctl", &["--user", "disable", "--now", UNIT]).await?;
    fs_err::remove_file(file()?)?;
    manager::call("systemctl", &["--user", "daemon-reload"]).await
}

pub(super) async fn is_running() -> bool {
    let asked = ["--user", "is-active", "--quiet", UNIT];
    manager::call("systemctl", &asked).await.is_ok()
}

fn unit(args: &[String]) -> String {
    let command: Vec<String> = args.iter().map(|arg| quoted(arg)).collect();
    let mut environment = String::new();
    for (name, value) in manager::environment() {
        // Writing to a string does not fail.
        let _ = writeln!(
            environment,
            "Environment={}",
            quoted(&format!("{name}={value}"))
        );
    }
    format!(
        "[Unit]
Description=CodePiper, which owns the sessions of coding agents
After=network.target

[Service]
ExecStart={}
{environment}# Sessions are in tmux servers of their own, and outlive the daemon.
KillMode=process
Restart=on-failure
RestartSec=2
UMask=0077

[Install]
WantedBy=default.target
",
        command.join(" ")
    )
}

/// As systemd reads words: `%` and `$` would be filled in.
fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '%' => quoted.push_str("%%"),
            '$' => quoted.push_str("$$"),
            '\n' => quoted.push_str("\\n"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_they_were_after_systemd_has_read_them() {
        assert_eq!(
            quoted("/opt/my 100% \"x\"\\$HOME"),
            r#""/opt/my 100%% \"x\"\\$$HOME""#
        );
        let unit = unit(&["/opt/codepiper".to_owned(), "daemon".to_owned()]);
        assert!(
            unit.contains("ExecStart=\"/opt/codepiper\" \"daemon\"\n"),
            "{unit}"
        );
        assert!(unit.contains("\nKillMode=process\n"), "{unit}");
    }
}
