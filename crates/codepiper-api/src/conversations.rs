use codepiper_model::{
    ConversationEntry, ConversationKind, Found, SessionId, Timestamp, TranscriptProblem,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `GET /sessions/{id}/conversation`: by default the last entries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConversationParams {
    /// Behind the place that a part named as its `last`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// In front of the place that a part named as its `first`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Only what changed after this revision, the earliest change first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// At most so many, 1 to 1000; 100 by default. With `since` more where one change made more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A part of a conversation, in order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationResponse {
    /// The entries.
    pub entries: Vec<ConversationEntry>,
    /// Whether there are more, in the direction that was asked for.
    pub has_more: bool,
    /// Everything up to this revision is in it: the `since` of the next question.
    pub revision: i64,
    /// The place of the first entry.
    pub first: Option<String>,
    /// The place of the last entry.
    pub last: Option<String>,
}

/// `GET /search`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchParams {
    /// Words that all have to be there; `"…"` for words in a row, `…*` for a beginning.
    pub text: String,
    /// In the conversation of this session only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Of this kind only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConversationKind>,
    /// Said at that time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Older than the entry of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What was found, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchResponse {
    /// The entries.
    pub found: Vec<Found>,
    /// Whether there is more.
    pub has_more: bool,
}

/// `GET /transcripts/problems`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProblemsParams {
    /// In the transcripts of this session only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Lines of transcripts that could not be read, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemsResponse {
    /// The lines.
    pub problems: Vec<TranscriptProblem>,
    /// How many there are in all.
    pub count: u64,
}
