use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a prompt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// The daemon has it.
    Accepted,
    /// It stands in the agent's terminal.
    Typed,
    /// The agent began a turn with it.
    Submitted,
    /// That turn is over.
    TurnDone,
    /// It did not arrive, or nothing came of it.
    Failed,
}

/// What became of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The receipt's name in the events.
    pub id: String,
    /// How far it has come.
    pub status: ReceiptStatus,
    /// Why it came no further.
    pub reason: Option<String>,
}
