use std::process::ExitCode;

use codepiper_api::{ClientError, ErrorBody};
use codepiper_engine::EngineError;

/// Why a command did not do what it should.
#[derive(Debug)]
pub(crate) enum CliError {
    /// Something failed.
    Failed(ErrorBody),
    /// The command line makes no sense.
    Usage(ErrorBody),
    /// What was named is not there, or could be several.
    NotFound(ErrorBody),
    /// The daemon cannot be reached.
    Unreachable(ErrorBody),
    /// The daemon refused.
    Refused(ErrorBody),
    /// The session ended while it was waited for.
    Ended(ErrorBody),
    /// The agent waits for a person.
    NeedsPerson(ErrorBody),
    /// The time is over.
    TimedOut(ErrorBody),
    /// Whoever read our output has left.
    OutputClosed,
}

impl CliError {
    pub(crate) fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::Failed(ErrorBody::new(code, message))
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(ErrorBody::new("usage", message))
    }

    /// What is said about it.
    pub(crate) fn body(&self) -> Option<&ErrorBody> {
        match self {
            Self::Failed(body)
            | Self::Usage(body)
            | Self::NotFound(body)
            | Self::Unreachable(body)
            | Self::Refused(body)
            | Self::Ended(body)
            | Self::NeedsPerson(body)
            | Self::TimedOut(body) => Some(body),
            Self::OutputClosed => None,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::NotFound(_) => 3,
            Self::Unreachable(_) => 4,
            Self::Refused(_) => 5,
            Self::Ended(_) => 6,
            Self::NeedsPerson(_) => 7,
            Self::TimedOut(_) => 124,
            Self::OutputClosed => 0,
        })
    }
}

impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::Unreachable { .. } => {
                let body = ErrorBody::new("daemon_unreachable", message);
                Self::Unreachable(body.with_hint("start it with `codepiper daemon --detach`"))
            }
            ClientError::Foreign { .. } => {
                let body = ErrorBody::new("foreign_socket", message);
                Self::Unreachable(
                    body.with_hint("choose your own with `--socket` or CODEPIPER_SOCKET"),
                )
            }
            ClientError::Broken(_) => {
                let body = ErrorBody::new("daemon_unreachable", message);
                Self::Unreachable(body.with_hint("see `codepiper daemon logs`"))
            }
            ClientError::Refused { status: 404, body } => Self::NotFound(body),
            ClientError::Refused {
                status: 403 | 409,
                body,
            } => Self::Refused(body),
            ClientError::Refused { body, .. } => Self::Failed(body),
        }
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::failed("io", error.to_string())
    }
}

impl From<serde_json::Error> for CliError {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(
            "unreadable_answer",
            format!("the daemon's answer makes no sense: {error}"),
        )
    }
}

/// What the engine says of files that this program works with itself.
impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        match error {
            EngineError::NotFound { code, .. } => Self::NotFound(ErrorBody::new(code, message)),
            EngineError::Conflict { code, hint, .. } => {
                let body = ErrorBody::new(code, message);
                Self::Refused(match hint {
                    Some(hint) => body.with_hint(hint),
                    None => body,
                })
            }
            _ => Self::failed("failed", message),
        }
    }
}
