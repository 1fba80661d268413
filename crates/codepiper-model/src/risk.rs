use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a tool call could do at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskClass {
    /// It only reads.
    Read,
    /// It changes files of the workspace.
    WriteWorkspace,
    /// It changes files elsewhere.
    WriteOutside,
    /// It talks to other machines.
    Network,
    /// It may destroy what cannot be brought back.
    Destructive,
    /// That cannot be told from what it says.
    Unknown,
}

/// What a tool call could do at worst, and why that is thought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Risk {
    /// What it could do.
    pub class: RiskClass,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}
