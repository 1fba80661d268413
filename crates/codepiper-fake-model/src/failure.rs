//! The ways in which a model refuses, as the real APIs do.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;

/// Why a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// With this status, and nothing more to say.
    Status(u16),
    /// The subscription's hours are used up.
    SessionLimit,
    /// The subscription's week is used up.
    WeeklyLimit,
    /// The conversation is too long for the model.
    ContextFull,
}

impl Failure {
    /// A plain `FAIL`: clients do not retry it, so the turn ends at once.
    const DEFAULT: Self = Self::Status(400);

    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "session_limit" => Self::SessionLimit,
            "weekly_limit" => Self::WeeklyLimit,
            "context_full" => Self::ContextFull,
            text => text.parse().map_or(Self::DEFAULT, Self::Status),
        }
    }

    pub(crate) fn status(self) -> StatusCode {
        let status = match self {
            Self::Status(status) => status,
            Self::SessionLimit | Self::WeeklyLimit => 429,
            Self::ContextFull => 400,
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// When a limit is lifted, in seconds since 1970.
    pub(crate) fn resets_at(self) -> Option<u64> {
        let hours = match self {
            Self::SessionLimit => 2,
            Self::WeeklyLimit => 72,
            Self::Status(_) | Self::ContextFull => return None,
        };
        let at = SystemTime::now() + Duration::from_hours(hours);
        at.duration_since(UNIX_EPOCH).ok().map(|at| at.as_secs())
    }
}
