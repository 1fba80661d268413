use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The name of a session: a version 4 UUID, shown in lower case with hyphens. It also names the
/// tmux session (`codepiper-<uuid>`) and, where the agent lets us choose, its conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub struct SessionId(Uuid);

impl SessionId {
    /// A new id from the system's random source.
    pub fn random() -> Self {
        Self(random_uuid())
    }

    /// The first twelve hexadecimal digits: the name of the session's files under `run/`, short
    /// because a socket path may not exceed about 100 bytes.
    pub fn short(self) -> String {
        let mut digits = self.0.simple().to_string();
        digits.truncate(12);
        digits
    }

    /// The name of the tmux session that holds the agent.
    pub fn tmux_name(self) -> String {
        format!("codepiper-{self}")
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The name of an approval: a version 4 UUID, shown in lower case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub struct ApprovalId(Uuid);

impl ApprovalId {
    /// A new id from the system's random source.
    pub fn random() -> Self {
        Self(random_uuid())
    }
}

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ApprovalId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_uuid(text).map(Self)
    }
}

/// A text that is no UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError(String);

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no id (a UUID)", self.0)
    }
}

impl std::error::Error for IdError {}

impl FromStr for SessionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_uuid(text).map(Self)
    }
}

fn parse_uuid(text: &str) -> Result<Uuid, IdError> {
    let shown = || text.chars().take(64).collect();
    // Uuid also reads braces, URNs and bare digits; a path segment is only the plain form.
    if text.len() != 36 {
        return Err(IdError(shown()));
    }
    Uuid::try_parse(text).map_err(|_| IdError(shown()))
}

fn random_uuid() -> Uuid {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the constructor ids come from"
    )]
    Uuid::new_v4()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let id: SessionId = "0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d".parse().unwrap();
        assert_eq!(id.to_string(), "0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d");
        assert_eq!(id.short(), "0f5d3b9e5b0a");
        assert!(
            "0f5d3b9e5b0a4c8e9d0c2f6d1a7b8c9d"
                .parse::<SessionId>()
                .is_err()
        );
        assert!(
            "{0f5d3b9e-5b0a-4c8e-9d0c-2f6d1a7b8c9d}"
                .parse::<SessionId>()
                .is_err()
        );
        assert!("nope".parse::<SessionId>().is_err());
    }
}
