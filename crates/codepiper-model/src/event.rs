use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{SessionId, Timestamp};

/// The place of an event in the one order of all events; it only grows.
pub type Seq = i64;

/// Who reported an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventSource {
    /// The agent's hook.
    Hook,
    /// The agent's app-server.
    #[serde(rename = "app-server")]
    AppServer,
    /// The agent's transcript.
    Transcript,
    /// The terminal.
    Pty,
    /// The agent's status line.
    Statusline,
    /// The daemon itself.
    Daemon,
    /// A policy decision.
    Policy,
    /// Somebody's call.
    User,
}

impl EventSource {
    /// Every source.
    pub const ALL: [Self; 8] = [
        Self::Hook,
        Self::AppServer,
        Self::Transcript,
        Self::Pty,
        Self::Statusline,
        Self::Daemon,
        Self::Policy,
        Self::User,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::AppServer => "app-server",
            Self::Transcript => "transcript",
            Self::Pty => "pty",
            Self::Statusline => "statusline",
            Self::Daemon => "daemon",
            Self::Policy => "policy",
            Self::User => "user",
        }
    }

    /// The source of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == name)
    }
}

/// A fact that is about to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// Whom it concerns.
    pub session_id: SessionId,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Who reported it.
    pub source: EventSource,
    /// What happened.
    pub kind: String,
    /// The details.
    pub payload: Value,
}

/// A stored fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its place in the order of all events.
    #[schema(value_type = i64)]
    pub id: Seq,
    /// Whom it concerns.
    pub session_id: SessionId,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Who reported it.
    pub source: EventSource,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// The details: any JSON, as the source gave it.
    pub payload: Value,
}
