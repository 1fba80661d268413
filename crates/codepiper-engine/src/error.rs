use std::fmt;
use std::io::ErrorKind;

use codepiper_model::SessionId;
use codepiper_model::yaml::YamlError;
use codepiper_store::StoreError;
use codepiper_tmux::TmuxError;
use codepiper_workflow::Problem;

/// Why something was not done, in words for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// It is not there.
    #[error("{message}")]
    NotFound {
        /// A name for programs.
        code: &'static str,
        /// What is not there.
        message: String,
    },
    /// The request makes no sense.
    #[error("{message}")]
    Invalid {
        /// Which part of it, such as `keys[2]`.
        field: String,
        /// Why.
        message: String,
    },
    /// A file makes no sense.
    #[error("{0}")]
    InvalidFile(Box<YamlError>),
    /// A workflow makes no sense.
    #[error("{}", told(.0))]
    InvalidWorkflow(Vec<Problem>),
    /// Not now, or not with this.
    #[error("{message}")]
    Conflict {
        /// A name for programs.
        code: &'static str,
        /// Why.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// There are too many already.
    #[error("{message}")]
    TooMany {
        /// A name for programs.
        code: &'static str,
        /// Of what, and how many.
        message: String,
    },
    /// Not by you.
    #[error("{message}")]
    Forbidden {
        /// A name for programs.
        code: &'static str,
        /// Why.
        message: String,
    },
    /// Not by this daemon any more: it stops.
    #[error("the daemon stops; ask its successor")]
    Stopping,
    /// There is no room for what has to be stored, and nothing is done that is not stored.
    #[error("the disk is full, so this cannot be stored")]
    DiskFull,
    /// Our own fault. The text is for the log, not for the caller.
    #[error("{0}")]
    Internal(String),
}

impl EngineError {
    /// A part of a request that makes no sense.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            message: message.into(),
        }
    }

    /// Something that cannot be done now.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// Something that cannot be done now, and what to do about it.
    pub fn conflict_with_hint(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Conflict {
            code,
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// Our own fault.
    pub fn internal(error: impl fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// There is no such session.
    pub fn no_session(id: SessionId) -> Self {
        Self::NotFound {
            code: "session_not_found",
            message: format!("there is no session `{id}`"),
        }
    }
}

fn told(problems: &[Problem]) -> String {
    let first = problems
        .first()
        .map_or_else(String::new, Problem::to_string);
    match problems.len() {
        0 | 1 => first,
        many => format!("{first} (and {} more)", many - 1),
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::DiskFull,
            StoreError::Io(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

impl From<YamlError> for EngineError {
    fn from(error: YamlError) -> Self {
        Self::InvalidFile(Box::new(error))
    }
}

impl From<TmuxError> for EngineError {
    fn from(error: TmuxError) -> Self {
        match error {
            TmuxError::Missing | TmuxError::TooOld { .. } | TmuxError::UnreadableVersion(_) => {
                Self::conflict_with_hint(
                    "tmux_unusable",
                    error.to_string(),
                    "install tmux 3.2 or later (`apt-get install tmux`, `brew install tmux`), then \
                     restart the daemon",
                )
            }
            TmuxError::Gone => Self::conflict("session_ended", "the session's tmux server is gone"),
            TmuxError::Silent { .. } => Self::conflict_with_hint(
                "session_unreachable",
                error.to_string(),
                "try again, or end the session with `codepiper kill`",
            ),
            other => Self::internal(other),
        }
    }
}

impl From<std::io::Error> for EngineError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::internal(error),
        }
    }
}
