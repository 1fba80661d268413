use std::path::PathBuf;

/// Where the daemon is and who we are to it, out of the environment of the session.
pub(super) struct Place {
    /// The daemon's socket.
    pub(super) socket: PathBuf,
    /// The session.
    pub(super) session: String,
    /// What proves that the event is of that session. It goes nowhere but to the daemon, so this
    /// type cannot be shown.
    pub(super) secret: String,
}

impl Place {
    pub(super) fn from_environment() -> Result<Self, String> {
        let secret = text("CODEPIPER_SECRET")?;
        // It becomes a header's value.
        if !secret.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("CODEPIPER_SECRET holds what no secret of ours does".to_owned());
        }
        Ok(Self {
            socket: PathBuf::from(variable("CODEPIPER_UNIX_SOCK")?),
            session: text("CODEPIPER_SESSION")?,
            secret,
        })
    }
}

fn text(name: &str) -> Result<String, String> {
    variable(name)?
        .into_string()
        .map_err(|_| format!("{name} is no text"))
}

fn variable(name: &str) -> Result<std::ffi::OsString, String> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| format!("{name} is not set; hooks work in sessions of CodePiper only"))
}
