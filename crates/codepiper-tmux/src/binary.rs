use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::TmuxError;

/// The oldest tmux that has what we need: `pause-after`, `copy-mode -q`, extended keys.
pub const MINIMUM_VERSION: Version = Version { major: 3, minor: 2 };

const VERSION_DEADLINE: Duration = Duration::from_secs(5);

/// A version of tmux, without the letter of its patch releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The number before the dot.
    pub major: u32,
    /// The number behind it.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Version {
    /// Reads what `tmux -V` prints: `tmux 3.3a`, `tmux next-3.6`, `tmux 3.5-rc2`.
    pub fn parse(text: &str) -> Option<Self> {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let (major, rest) = text[start..].trim_end().split_once('.')?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        Some(Self {
            major: major.parse().ok()?,
            minor: digits.parse().ok()?,
        })
    }
}

/// The tmux program of this machine.
#[derive(Clone, Debug)]
pub struct Tmux {
    program: PathBuf,
    version: Version,
}

impl Tmux {
    /// Finds tmux in `path` (the value of `PATH`) and checks that it is new enough.
    pub async fn find(path: &OsStr) -> Result<Self, TmuxError> {
        let program = std::env::split_paths(path)
            .filter(|dir| dir.is_absolute())
            .map(|dir| dir.join("tmux"))
            .find(|candidate| is_executable(candidate))
            .ok_or(TmuxError::Missing)?;
        let output = timeout(VERSION_DEADLINE, Command::new(&program).arg("-V").output())
            .await
            .map_err(|_| TmuxError::Silent {
                command: "-V".into(),
                after: VERSION_DEADLINE,
            })??;
        let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let version = Version::parse(&printed)
            .ok_or_else(|| TmuxError::UnreadableVersion(printed.clone()))?;
        if version < MINIMUM_VERSION {
            return Err(TmuxError::TooOld { found: version });
        }
        Ok(Self { program, version })
    }

    /// Where it is.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Which it is.
    pub fn version(&self) -> Version {
        self.version
    }
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_every_spelling_are_read() {
        let v = |major, minor| Some(Version { major, minor });
        assert_eq!(Version::parse("tmux 3.3a\n"), v(3, 3));
        assert_eq!(Version::parse("tmux next-3.6"), v(3, 6));
        assert_eq!(Version::parse("tmux 3.10-rc2"), v(3, 10));
        assert_eq!(Version::parse("tmux openbsd"), None);
        assert!(v(3, 10) > v(3, 2));
    }
}
