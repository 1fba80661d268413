use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ReceiptStatus, SessionId, Timestamp};

/// Something that was sent to an agent, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SentPrompt {
    /// Its name, which is its receipt's too.
    pub id: String,
    /// The session.
    pub session_id: SessionId,
    /// The name that its sender gave it.
    pub key: Option<String>,
    /// What was sent; once it is over, without secrets and shortened.
    pub text: String,
    /// Whether it is a slash command.
    pub is_command: bool,
    /// Who sent it.
    pub sent_by: String,
    /// How far it has come.
    pub status: ReceiptStatus,
    /// Why it came no further, or what it waits for.
    pub reason: Option<String>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it last came further.
    pub updated_at: Timestamp,
}

impl SentPrompt {
    /// Whether it waits to be typed.
    pub fn is_waiting(&self) -> bool {
        self.status == ReceiptStatus::Accepted
    }
}
