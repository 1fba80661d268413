use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Timestamp, TroubleKind};

/// What a running session is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityState {
    /// A turn is under way.
    Working,
    /// The turn is over and a prompt is awaited, also before the first one.
    Idle,
    /// The agent asked something that is no permission: a question, a start-up or trust dialog.
    NeedsInput,
    /// The agent waits for leave to do something.
    NeedsPermission,
    /// Nothing trustworthy is known.
    Unknown,
}

impl ActivityState {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Idle => "idle",
            Self::NeedsInput => "needs_input",
            Self::NeedsPermission => "needs_permission",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a person must act before the agent goes on.
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::NeedsInput | Self::NeedsPermission)
    }
}

/// Where a statement about a session comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceSource {
    /// The agent's own hook.
    Hook,
    /// What stands on its screen.
    Screen,
    /// Its transcript.
    Transcript,
    /// Its app-server.
    AppServer,
    /// Its process.
    Process,
}

/// Why an activity is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Where it was seen.
    pub source: EvidenceSource,
    /// What was seen, in the source's own terms, such as `trust_dialog`; the name of a
    /// [`TroubleKind`] where something went wrong.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the agent says of it, where something went wrong.
    pub detail: Option<String>,
    /// The event that carries it, when there is one.
    pub event_id: Option<i64>,
    /// When it was seen.
    pub at: Timestamp,
}

/// What a session is doing, since when, and why that is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// What it is doing.
    pub state: ActivityState,
    /// When it began to.
    pub since: Timestamp,
    /// The approval it waits for.
    pub approval_id: Option<String>,
    /// Why that is believed; absent before anything was seen.
    pub evidence: Option<Evidence>,
}

impl Activity {
    /// What went wrong, where something did.
    pub fn trouble(&self) -> Option<TroubleKind> {
        let evidence = self.evidence.as_ref()?;
        TroubleKind::named(&evidence.kind)
    }

    /// Nothing has been seen yet.
    pub const fn unknown(since: Timestamp) -> Self {
        Self {
            state: ActivityState::Unknown,
            since,
            approval_id: None,
            evidence: None,
        }
    }
}
