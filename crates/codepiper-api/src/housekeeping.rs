use std::path::PathBuf;

use codepiper_model::{ProviderId, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A session that was removed, or would be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedSession {
    /// Its id.
    pub id: SessionId,
    /// The agent.
    pub provider: ProviderId,
    /// What people called it.
    pub name: Option<String>,
    /// Where the agent was started.
    #[schema(value_type = String)]
    pub cwd: PathBuf,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How many events it had.
    pub events: u64,
    /// The agent's own name for the conversation, which stays.
    pub provider_session_id: Option<String>,
    /// Where the agent wrote the conversation down, which stays.
    #[schema(value_type = Option<String>)]
    pub transcript_path: Option<PathBuf>,
}

/// A session was removed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeleteResponse {
    /// The session as it was.
    pub deleted: DeletedSession,
    /// Always true.
    pub success: bool,
}

/// `POST /sessions/prune`
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PruneRequest {
    /// Only sessions that ended at least so many milliseconds ago.
    #[serde(default)]
    pub older_than_ms: u64,
    /// Whether to say only which these are.
    #[serde(default)]
    pub dry_run: bool,
}

/// What came of removing many sessions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PruneResponse {
    /// Those that are gone, or would be; longest ended first.
    pub sessions: Vec<DeletedSession>,
    /// Those that are not.
    pub failed: Vec<PruneFailure>,
    /// Whether nothing was removed because that was asked for.
    pub dry_run: bool,
}

/// A session that could not be removed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PruneFailure {
    /// The session.
    pub session_id: SessionId,
    /// Why.
    pub error: String,
}
