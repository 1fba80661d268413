use std::path::PathBuf;

use codepiper_model::{SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// `GET /policies`
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PoliciesParams {
    /// Only those that count, or only those that do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Of this session only; `null` for those of no session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

/// `POST /policies`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreatePolicyRequest {
    /// Its id; one is found when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it counts.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Where it stands in lists.
    #[serde(default)]
    pub priority: i64,
    /// The only session it is for.
    #[serde(default)]
    pub session_id: Option<SessionId>,
    /// What it says: a list of `Rule`. One without an `id` is called after its place.
    #[schema(value_type = Vec<Map<String, Value>>)]
    pub rules: Value,
}

const fn yes() -> bool {
    true
}

/// `PUT /sessions/:id/policy`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionPolicyRequest {
    /// What holds for the session.
    pub policy: SessionPolicy,
}

/// A policy for one session only.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionPolicy {
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it counts.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Where it stands in lists.
    #[serde(default = "middle")]
    pub priority: i64,
    /// What it says: a list of `Rule`. One without an `id` is called after its place.
    #[schema(value_type = Vec<Map<String, Value>>)]
    pub rules: Value,
}

const fn middle() -> i64 {
    50
}

/// `PUT /policies/:id`: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdatePolicyRequest {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for; a blank text takes that away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Where it stands in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// What it says: a list of `Rule`. One without an `id` is called after its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Map<String, Value>>>)]
    pub rules: Option<Value>,
}

/// `POST /policies/check`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckPolicyRequest {
    /// The tool.
    pub tool_name: String,
    /// What it would get: any JSON, as the agent would give it.
    #[serde(default)]
    pub tool_input: Value,
    /// Where it would happen; absolute.
    #[schema(value_type = String)]
    pub cwd: PathBuf,
    /// The session that would ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The permission mode that the agent is in, in its own spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Rules to ask instead of those that are kept: a list of `Rule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Map<String, Value>>>)]
    pub rules: Option<Value>,
}

/// `POST /policies/apply`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplyPoliciesRequest {
    /// Policies and sets, as YAML or JSON.
    pub text: String,
    /// Only say what would change.
    #[serde(default)]
    pub dry_run: bool,
}

/// The answer to `POST /policies/apply`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyPoliciesResponse {
    /// What became of the policies of the file.
    pub policies: AppliedChanges,
    /// What became of its sets.
    pub sets: AppliedChanges,
    /// Whether nothing was done.
    pub dry_run: bool,
}

/// Ids by what became of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppliedChanges {
    /// Those that were not there.
    pub created: Vec<String>,
    /// Those that said something else.
    pub updated: Vec<String>,
    /// Those that said the same.
    pub unchanged: Vec<String>,
}

/// `POST /policies/export`
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportPoliciesRequest {
    /// These policies.
    #[serde(default)]
    pub ids: Vec<String>,
    /// This set, with its policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// Every set, and every policy that is for every session.
    #[serde(default)]
    pub all: bool,
}

/// Policies and sets, as a file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportPoliciesResponse {
    /// YAML that `POST /policies/apply` takes.
    pub text: String,
}

/// `POST /policies/test`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestPoliciesRequest {
    /// A draft: policies and sets, as YAML or JSON.
    pub text: String,
    /// Calls from this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Calls before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Calls of this session only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Ask what would be kept once the draft is applied, and not the draft alone.
    #[serde(default)]
    pub with_current: bool,
}

/// `GET /policy-sets/ready`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadySetsResponse {
    /// The sets that come with this, the most careful first.
    pub ready_sets: Vec<ReadySetResponse>,
}

/// A set that needs nothing but to be applied.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadySetResponse {
    /// The id of its set.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// YAML that `POST /policies/apply` takes.
    pub text: String,
}

/// `POST /policy-sets`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreatePolicySetRequest {
    /// Its id; one is found when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What people call it; no two are called the same.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is given to every new session.
    #[serde(default)]
    pub is_default: bool,
    /// Its policies.
    #[serde(default)]
    pub policy_ids: Vec<String>,
}

/// `PUT /policy-sets/:id`: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdatePolicySetRequest {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for; a blank text takes that away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is given to every new session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
}

/// `POST /policy-sets/:id/policies`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPolicyRequest {
    /// The policy.
    pub policy_id: String,
}

/// `POST /sessions/:id/policy-sets`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GivePolicySetRequest {
    /// The set.
    pub policy_set_id: String,
}
