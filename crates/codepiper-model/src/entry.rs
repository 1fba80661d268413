use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::Timestamp;

/// What an entry of the audit's second chain tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The agent asked for leave, and the rules were asked again.
    Asked,
    /// A person answered.
    Answered,
    /// Something came of a tool call.
    Outcome,
    /// A typed line was submitted.
    Submitted,
    /// A tool was used with something else than what was decided on.
    InputChanged,
    /// A call was refused because of who made it.
    ActorRefused,
    /// The file with the newest hashes was not there when a daemon started.
    HeadMissing,
    /// A session was started whose agent does not ask.
    DangerousStart,
    /// A session that had ended was removed, with its events.
    SessionDeleted,
    /// A policy was made.
    PolicyCreated,
    /// A policy was changed.
    PolicyUpdated,
    /// A policy was removed.
    PolicyDeleted,
    /// What is done where no rule matches was changed, for a session or for all.
    DefaultActionChanged,
    /// A session was given what the rules are for another one.
    PoliciesCopied,
    /// A set of policies was made.
    PolicySetCreated,
    /// A set of policies was changed.
    PolicySetUpdated,
    /// A set of policies was removed.
    PolicySetDeleted,
    /// A set of policies was given to a session.
    PolicySetGiven,
    /// A set of policies was taken from a session.
    PolicySetTaken,
    /// Somebody signed in on the web.
    SignedIn,
    /// Somebody tried to, with a wrong password or code.
    SignInRefused,
    /// Somebody was signed out, or all were.
    SignInEnded,
    /// The password was changed.
    PasswordChanged,
    /// The authenticator was changed, or taken away.
    AuthenticatorChanged,
    /// A set of secret variables was made.
    EnvSetCreated,
    /// A set of secret variables was changed.
    EnvSetUpdated,
    /// A set of secret variables was removed.
    EnvSetDeleted,
    /// A person looked at the value of a secret variable.
    EnvValueRevealed,
    /// All that is sealed was sealed anew, with another key.
    KeyRotated,
    /// Where people are told of what needs them was changed.
    NotificationsChanged,
    /// A workspace was made, changed or forgotten: with it, what is run where a session starts.
    WorkspaceChanged,
    /// Somebody ran a workflow.
    WorkflowRun,
    /// It was decided whether a workflow runs a program.
    WorkflowCommand,
    /// A person answered what a step of a workflow asks.
    WorkflowAnswered,
}

impl EntryKind {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Outcome => "outcome",
            Self::Submitted => "submitted",
            Self::InputChanged => "input_changed",
            Self::ActorRefused => "actor_refused",
            Self::HeadMissing => "head_missing",
            Self::DangerousStart => "dangerous_start",
            Self::SessionDeleted => "session_deleted",
            Self::PolicyCreated => "policy_created",
            Self::PolicyUpdated => "policy_updated",
            Self::PolicyDeleted => "policy_deleted",
            Self::DefaultActionChanged => "default_action_changed",
            Self::PoliciesCopied => "policies_copied",
            Self::PolicySetCreated => "policy_set_created",
            Self::PolicySetUpdated => "policy_set_updated",
            Self::PolicySetDeleted => "policy_set_deleted",
            Self::PolicySetGiven => "policy_set_given",
            Self::PolicySetTaken => "policy_set_taken",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignInEnded => "sign_in_ended",
            Self::PasswordChanged => "password_changed",
            Self::AuthenticatorChanged => "authenticator_changed",
            Self::EnvSetCreated => "env_set_created",
            Self::EnvSetUpdated => "env_set_updated",
            Self::EnvSetDeleted => "env_set_deleted",
            Self::EnvValueRevealed => "env_value_revealed",
            Self::KeyRotated => "key_rotated",
            Self::NotificationsChanged => "notifications_changed",
            Self::WorkspaceChanged => "workspace_changed",
            Self::WorkflowRun => "workflow_run",
            Self::WorkflowCommand => "workflow_command",
            Self::WorkflowAnswered => "workflow_answered",
        }
    }
}

/// An entry of the audit's second chain: what came after a decision, or something else that has to
/// be accounted for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its place.
    pub seq: i64,
    /// When.
    pub timestamp: Timestamp,
    /// What it tells, as it is stored: the name of an [`EntryKind`].
    pub kind: String,
    /// The decision that it is about.
    pub decision_id: Option<String>,
    /// What there is to tell, which differs from kind to kind; null where it cannot be read.
    pub facts: Value,
    /// The hash of this entry of the chain.
    pub hash: String,
    /// The hash of the entry before it.
    pub prev_hash: String,
}
