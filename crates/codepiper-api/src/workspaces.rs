use std::path::PathBuf;

use codepiper_model::{BillingMode, ProviderId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::given::given;

/// What new sessions in a workspace are; what is absent stays as it is, null takes it away.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkspaceDefaultsRequest {
    /// The agent.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub provider: Option<Option<ProviderId>>,
    /// The model to use.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub model: Option<Option<String>>,
    /// Who pays.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub billing_mode: Option<Option<BillingMode>>,
    /// The policy sets that they get.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_set_ids: Option<Vec<String>>,
    /// The sets of variables that they get.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env_set_ids: Option<Vec<String>>,
    /// Whether they get a git worktree of their own: `never`, `ask` or `always`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree: Option<WorktreeWish>,
    /// A program that is run in each new worktree before the agent starts; where it is no absolute
    /// path, it is one in the workspace.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub setup_script: Option<Option<String>>,
    /// A program that is run in a worktree before it is removed.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub teardown_script: Option<Option<String>>,
}

/// Whether new sessions in a workspace get a git worktree of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WorktreeWish {
    /// They work in the directory itself.
    Never,
    /// Whoever starts one is asked.
    Ask,
    /// They do.
    Always,
}

/// `POST /workspaces`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateWorkspaceRequest {
    /// What people call it.
    pub name: String,
    /// The directory; absolute.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// What new sessions there are.
    #[serde(default)]
    pub defaults: WorkspaceDefaultsRequest,
}

/// `PUT /workspaces/:id`: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateWorkspaceRequest {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The directory; absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub path: Option<PathBuf>,
    /// What new sessions there are.
    #[serde(default)]
    pub defaults: WorkspaceDefaultsRequest,
}
