use codepiper_model::{Approval, ApprovalStatus, Permission, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `GET /approvals`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalsParams {
    /// In this status only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<ApprovalStatus>)]
    pub status: Option<String>,
    /// Of this session only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// At most so many, 1 to 1000; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
}

/// Approvals, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApprovalsResponse {
    /// The approvals.
    pub approvals: Vec<Approval>,
}

/// One approval.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApprovalResponse {
    /// The approval.
    pub approval: Approval,
}

/// `POST /approvals/:id/answer`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnswerApprovalRequest {
    /// What is said.
    pub decision: Permission,
    /// The request that was read, by its hash.
    pub request_hash: String,
    /// What is added; told to the agent when the answer is no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the same is to be answered so for the rest of the session.
    #[serde(default)]
    pub rule: bool,
}
