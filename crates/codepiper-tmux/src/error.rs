use std::io;
use std::time::Duration;

use crate::Version;

/// What can go wrong between us and tmux.
#[derive(Debug, thiserror::Error)]
pub enum TmuxError {
    /// There is no tmux.
    #[error("tmux is not installed")]
    Missing,
    /// The tmux that is there is too old.
    #[error("tmux {found} is too old; {minimum} or later is needed", minimum = crate::MINIMUM_VERSION)]
    TooOld {
        /// The version that is there.
        found: Version,
    },
    /// The version of tmux could not be read.
    #[error("cannot tell the version of tmux from `{0}`")]
    UnreadableVersion(String),
    /// tmux refused a command.
    #[error("tmux refused `{command}`: {message}")]
    Refused {
        /// The command's name; its arguments may be private.
        command: String,
        /// What tmux said.
        message: String,
    },
    /// tmux did not answer.
    #[error("tmux did not answer `{command}` within {} s", .after.as_secs())]
    Silent {
        /// The command's name.
        command: String,
        /// How long was waited.
        after: Duration,
    },
    /// The server is gone.
    #[error("the tmux server is gone")]
    Gone,
    /// The server carries somebody else's tag.
    #[error("the tmux server is not ours")]
    Foreign,
    /// The operating system refused something.
    #[error(transparent)]
    Io(#[from] io::Error),
}
