//! An agent of the user's launchd, <https://keith.github.io/xcode-man-pages/launchd.plist.5.html>

use std::path::PathBuf;

use super::manager;
use crate::error::CliError;

const LABEL: &str = "dev.codepiper.daemon";

pub(super) const AFTER_LOGOUT: &str = "it starts when you log in";

pub(super) fn file() -> Result<PathBuf, CliError> {
    let agents = manager::home()?.join("Library/LaunchAgents");
    Ok(agents.join(format!("{LABEL}.plist")))
}

pub(super) async fn install(args: &[String]) -> Result<(), CliError> {
    let file = file()?;
    if file.exists() {
        manager::call("launchctl", &["bootout", &name()]).await.ok();
    }
    manager::write(&file, &plist(args))?;
    let file = file.display().to_string();
    manager::call("launchctl", &["bootstrap", &domain(), &file]).await
}

pub(super) async fn uninstall() -> Result<(), CliError> {
    manager::call("launchctl", &["bootout", &name()]).await?;
    Ok(fs_err::remove_file(file()?)?)
}

pub(super) async fn is_running() -> bool {
    manager::call("launchctl", &["print", &name()])
        .await
        .is_ok()
}

fn domain() -> String {
    format!("gui/{}", rustix::process::getuid().as_raw())
}

fn name() -> String {
    format!("{}/{LABEL}", domain())
}

fn plist(args: &[String]) -> String {
    let strings = args
        .iter()
        .map(|arg| format!("<string>{}</string>", escaped(arg)));
    let variables = manager::environment().into_iter();
    let variables = variables
        .map(|(name, value)| format!("<key>{name}</key><string>{}</string>", escaped(&value)));
    let (strings, variables) = (strings.collect::<String>(), variables.collect::<String>());
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>{LABEL}</string>
<key>ProgramArguments</key><array>{strings}</array>
<key>EnvironmentVariables</key><dict>{variables}</dict>
<key>RunAtLoad</key><true/>
<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
<key>AbandonProcessGroup</key><true/>
<key>Umask</key><integer>63</integer>
</dict></plist>
"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
