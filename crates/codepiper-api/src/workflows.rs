//! Workflows and their executions.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// `POST /workflows`, and `PUT /workflows/:id` without `id`: a definition as an object, or as text.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkflowRequest {
    /// Its id; one is made of its name when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What people call it; what its definition says when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Value>,
    /// The same as text: YAML or JSON. Errors then say in which line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// `POST /workflows/:id/execute`
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecuteWorkflowRequest {
    /// The values of its inputs.
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// The agent that takes the place of every other: a rehearsal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

/// `POST /workflows/executions/:id/steps/:step/answer`
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnswerStepRequest {
    /// Whether it is a yes.
    pub approve: bool,
    /// What else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Which executions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExecutionsParams {
    /// Only those that stand so.
    pub status: Option<String>,
    /// At most so many; 100 by default, 1000 at most.
    pub limit: Option<usize>,
}

/// When to show an execution.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExecutionParams {
    /// Once it is another one than this.
    pub revision: Option<String>,
    /// Seconds to wait for that; 60 at most.
    pub wait: Option<u64>,
}

/// Which lines of a log to read.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkflowLogParams {
    /// Behind this line.
    pub after: Option<i64>,
    /// At most so many; 1000 by default and at most.
    pub limit: Option<usize>,
    /// Seconds to wait for a line, or for the end of the execution; 60 at most.
    pub wait: Option<u64>,
}
