use std::fmt;

use crate::SessionId;

/// Who makes a call.
///
/// Agents run as the same user as the person who started them, so whose process it is proves
/// nothing: what counts is whether it came out of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The person whose daemon it is.
    Owner,
    /// A process of this session.
    Agent(SessionId),
    /// A process that was gone before it could be looked at, or whose parents cannot be told.
    Unknown,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => f.write_str("owner"),
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}
