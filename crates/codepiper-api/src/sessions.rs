use std::collections::BTreeMap;
use std::path::PathBuf;

use codepiper_model::{BillingMode, ProviderId, Receipt, SentPrompt, Session, SessionId, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::WorktreeRequest;
use crate::given::given;

/// Sessions.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionsResponse {
    /// Newest first.
    pub sessions: Vec<Session>,
}

/// One session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionResponse {
    /// The session.
    pub session: Session,
}

/// `POST /sessions`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSessionRequest {
    /// The agent; what the workspace says may be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Where it starts; absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub cwd: Option<PathBuf>,
    /// The workspace whose defaults apply to what is not said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    /// Further arguments for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Further variables for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The sets of variables that it gets under those, by their ids; the later win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env_set_ids: Vec<String>,
    /// Who pays; absent: what the workspace says, else the subscription.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub billing_mode: Option<BillingMode>,
    /// Run without asking.
    #[serde(default)]
    pub dangerous_mode: bool,
    /// Refuse tool calls while the daemon cannot be asked.
    #[serde(default)]
    pub fail_closed: bool,
    /// What becomes of a request that no rule matches, where the agent itself would ask: `ask` or
    /// `deny`; absent: what the daemon's setting says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_policy_action: Option<Verdict>,
    /// The policy sets that it gets, beside the one that every new session gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_set_ids: Vec<String>,
    /// The model to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What people call the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Width of its terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cols: Option<u16>,
    /// Height of its terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u16>,
    /// The first prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// A conversation of the agent's own to go on with, begun here or elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_resume: Option<ProviderResumeRequest>,
    /// A git worktree of its own, of the repository that `cwd` is in; it starts there. Null: none, also
    /// where the workspace says that each session gets one.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub worktree: Option<Option<WorktreeRequest>>,
    /// Whatever its maker wants to remember: any JSON.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

/// `POST /sessions/validate`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateDirectoryRequest {
    /// The directory; absolute.
    #[schema(value_type = String)]
    pub cwd: PathBuf,
}

/// `POST /sessions/validate-git`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidateBranchRequest {
    /// The directory; absolute.
    #[schema(value_type = String)]
    pub cwd: PathBuf,
    /// The branch.
    pub branch: String,
    /// Whether the branch is to be made with the worktree.
    #[serde(default)]
    pub create_branch: bool,
}

/// A conversation of an agent's own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderResumeRequest {
    /// The agent's name for it.
    pub provider_session_id: String,
    /// Whether it goes on itself, or a copy of it does.
    #[serde(default)]
    pub mode: ResumeMode,
}

/// How an old conversation goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResumeMode {
    /// It goes on itself.
    #[default]
    Resume,
    /// A copy goes on, under a name of its own.
    Fork,
}

/// What came of bringing back sessions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct RestoreResponse {
    /// Those that are back.
    pub restored: Vec<SessionId>,
    /// Those that are not.
    pub failed: Vec<RestoreFailure>,
}

/// A session that is not back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RestoreFailure {
    /// The session.
    pub session_id: SessionId,
    /// Why.
    pub error: String,
}

/// `POST /sessions/:id/fork`
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForkRequest {
    /// What people call the new session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its first prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

/// What a text is meant as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SendKind {
    /// Words for the model: `!` and `/` mean nothing.
    #[default]
    Prompt,
    /// A slash command of the agent.
    Command,
}

/// `POST /sessions/:id/send`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendRequest {
    /// The text.
    pub text: String,
    /// Pictures that go before it, by the paths that uploading them answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub images: Vec<PathBuf>,
    /// Whether Enter follows.
    #[serde(default = "yes")]
    pub newline: bool,
    /// What it is meant as.
    #[serde(default)]
    pub kind: SendKind,
    /// A name for it, 1 to 200 bytes: what is sent to a session again with the same one does not
    /// arrive twice, and gets the first receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether it is typed at once although the agent works, instead of waiting for its turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub steer: bool,
    /// Whether to answer only when the turn is over.
    #[serde(default)]
    pub wait: bool,
    /// How long to wait at most, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

const fn yes() -> bool {
    true
}

/// `POST /sessions/:id/upload-image`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UploadedImage {
    /// Where it is: what `images` of a prompt names it by.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// What it is called there.
    pub filename: String,
}

/// What became of a text.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SendResponse {
    /// How far it has come.
    pub receipt: Receipt,
    /// What the agent said at the end of the turn, where that was waited for.
    pub reply: Option<String>,
    /// For clients of the existing CodePiper: it arrived.
    pub success: bool,
}

/// `GET /sessions/:id/prompts`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PromptsParams {
    /// What is over too: the latest so many, 1 to 1000. Otherwise what is not over.
    pub latest: Option<usize>,
}

/// What was sent to a session, in order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PromptsResponse {
    /// The prompts.
    pub prompts: Vec<SentPrompt>,
}

/// `PUT /sessions/:id/prompts/:prompt`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditPromptRequest {
    /// The text it has from now on.
    pub text: String,
}

/// One prompt.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PromptResponse {
    /// The prompt.
    pub prompt: SentPrompt,
}

/// `POST /sessions/:id/keys`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysRequest {
    /// The names of the keys, 1 to 100.
    pub keys: Vec<String>,
}

/// `POST /sessions/:id/resize`
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResizeRequest {
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
}

/// `PUT /sessions/:id/name`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameRequest {
    /// The name; null or blank takes it away, absence does not.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub name: Option<String>,
}

/// `PUT /sessions/:id/default-policy-action`
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultActionRequest {
    /// `ask`, `deny`, or null for what the daemon's setting says.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub action: Option<Verdict>,
}

/// `PUT /sessions/:id/model`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelRequest {
    /// The model, by the agent's name for it.
    pub model: String,
}

/// The model of a session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelResponse {
    /// The model that the agent was given; none: its own choice.
    pub model: Option<String>,
    /// The agent.
    pub provider: ProviderId,
    /// Whether it can be given another one.
    pub supports_model_switch: bool,
    /// For clients of the existing CodePiper: it was done.
    pub success: bool,
}

/// It was done.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Success {
    /// Always true.
    pub success: bool,
}

/// `GET /sessions/:id/output`
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OutputParams {
    /// The last so many rows of the history as plain text, instead of the screen with colours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<u32>,
}

/// What a terminal shows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OutputResponse {
    /// The text.
    pub output: String,
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
    /// Where the stream of output goes on; null once the session has ended.
    pub offset: Option<u64>,
}

/// `GET /sessions/:id/wait`
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaitParams {
    /// States, separated by commas: `running`, `idle`, `working`, `needs_permission`,
    /// `needs_input`, `exited`.
    pub until: String,
    /// How long to wait at most, 0 to 3600000; 60000 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// What waiting came to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WaitResponse {
    /// The session as it is now.
    pub session: Session,
    /// Whether one of the states was reached.
    pub reached: bool,
}
