use codepiper_model::{DecisionKind, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The header that carries a session's secret.
pub const SECRET_HEADER: &str = "x-codepiper-secret";

/// `POST /hooks/claude`, `POST /hooks/codex`
///
/// Unknown fields are no error here: the program that sends it may be of a later version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HookRequest {
    /// The session.
    pub session_id: SessionId,
    /// What happened, in the agent's words.
    pub event: String,
    /// What the agent gave, as it gave it.
    #[schema(value_type = Value)]
    pub data: Box<RawValue>,
    /// Names this report, so that it can be repeated.
    pub delivery_id: String,
    /// When it happened; now, where that is not said.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// What the hook is to do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HookAnswer {
    /// Always true.
    pub success: bool,
    /// What was decided.
    pub decision: DecisionKind,
    /// What it prints for the agent.
    pub stdout: Option<String>,
    /// What it prints for people.
    pub stderr: Option<String>,
    /// How it exits.
    pub exit_code: u8,
}
