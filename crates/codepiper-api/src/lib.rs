//! The wire: what goes over the daemon's socket, and the client that speaks to it.
//!
//! Invariant: shapes only. Unknown fields of a request are refused here; whether its values make
//! sense is the engine's business.

mod analytics;
mod approvals;
mod audit;
mod auth;
mod client;
mod conversations;
mod decisions;
mod directories;
mod env_sets;
mod error;
mod events;
mod git;
mod given;
mod hooks;
mod housekeeping;
mod notifications;
mod policies;
mod sessions;
mod streams;
mod workflows;
mod workspaces;
mod worktrees;

pub use analytics::{
    AnalyticsParams, DecisionDay, HeatCell, ModelTokens, OverviewResponse, ProviderSessions,
    RebuildResponse, RuleDecisions, TimelineDay, TokenDay, ToolUsage, UsageResponse, UsageRow,
    UsageSum,
};
pub use approvals::{AnswerApprovalRequest, ApprovalResponse, ApprovalsParams, ApprovalsResponse};
pub use audit::{
    AuditHead, AuditHeads, AuditProblem, EntriesParams, EntriesResponse, ExportFormat,
    ExportParams, ExportedLine, VerificationResponse, VerifyParams,
};
pub use auth::{
    AuthStatusResponse, AuthenticatorOffer, ChangePasswordRequest, ConfirmRequest, ConfirmResponse,
    Done, EndSignInsResponse, LoginRequest, LoginResponse, RecoveryCodesResponse,
    ResetPasswordRequest, SignInView, SignInsResponse, VerifyAuthenticatorRequest,
};
pub use client::{BodyStream, Client, ClientError, USER_AGENT};
pub use conversations::{
    ConversationParams, ConversationResponse, ProblemsParams, ProblemsResponse, SearchParams,
    SearchResponse,
};
pub use decisions::{DecisionsParams, DecisionsResponse};
pub use directories::{
    DirectoriesParams, DirectoriesResponse, DirectoryEntry, RecentDirectoriesResponse,
    RecentDirectory,
};
pub use env_sets::{
    CreateEnvSetRequest, ImportEnvSetRequest, RevealVariableRequest, UpdateEnvSetRequest,
};
pub use error::ErrorBody;
pub use events::{EventsParams, EventsResponse};
pub use git::{
    CommentRequest, CommentsRequest, CommitRequest, DiffParams, FileParams, LogParams,
    PathsRequest, Side, UndoRequest,
};
pub use hooks::{HookAnswer, HookRequest, SECRET_HEADER};
pub use housekeeping::{DeleteResponse, DeletedSession, PruneFailure, PruneRequest, PruneResponse};
pub use notifications::{
    ChannelsRequest, DeliveriesParams, NotificationPrefsRequest, NotificationSettingsRequest,
    NotificationsParams, PushKeysRequest, ReadNotificationRequest, ReadNotificationsRequest,
    SubscribePushRequest, TryPushRequest, UnsubscribePushRequest,
};
pub use policies::{
    AddPolicyRequest, AppliedChanges, ApplyPoliciesRequest, ApplyPoliciesResponse,
    CheckPolicyRequest, CreatePolicyRequest, CreatePolicySetRequest, ExportPoliciesRequest,
    ExportPoliciesResponse, GivePolicySetRequest, PoliciesParams, ReadySetResponse,
    ReadySetsResponse, SessionPolicy, SessionPolicyRequest, TestPoliciesRequest,
    UpdatePolicyRequest, UpdatePolicySetRequest,
};
pub use sessions::{
    CreateSessionRequest, DefaultActionRequest, EditPromptRequest, ForkRequest, KeysRequest,
    ModelRequest, ModelResponse, OutputParams, OutputResponse, PromptResponse, PromptsParams,
    PromptsResponse, ProviderResumeRequest, RenameRequest, ResizeRequest, RestoreFailure,
    RestoreResponse, ResumeMode, SendKind, SendRequest, SendResponse, SessionResponse,
    SessionsResponse, Success, UploadedImage, ValidateBranchRequest, ValidateDirectoryRequest,
    WaitParams, WaitResponse,
};
pub use streams::{
    HUB_VERSION, HubRequest, MessageId, OUTPUT_FRAME, SNAPSHOT_FRAME, TERMINAL_PROTOCOL,
    TerminalMessage, TerminalParams, TerminalRequest,
};
pub use workflows::{
    AnswerStepRequest, ExecuteWorkflowRequest, ExecutionParams, ExecutionsParams,
    WorkflowLogParams, WorkflowRequest,
};
pub use workspaces::{
    CreateWorkspaceRequest, UpdateWorkspaceRequest, WorkspaceDefaultsRequest, WorktreeWish,
};
pub use worktrees::{FinishWorktreeRequest, PruneWorktreesRequest, WorktreeRequest};

/// The default place of the daemon's socket.
pub const DEFAULT_SOCKET: &str = "/tmp/codepiper.sock";
