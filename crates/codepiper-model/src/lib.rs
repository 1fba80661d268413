//! The vocabulary of CodePiper: what every other crate means by a session, an event, a status.
//!
//! Invariant: values only. Nothing here reads a clock, a file, a socket or a database; the
//! [`Clock`] is handed in. The serialised form of these types is the form on the wire.

mod activity;
mod actor;
mod approval;
mod clock;
mod conversation;
mod conversation_entry;
mod decision;
mod entry;
mod event;
mod exit;
mod id;
mod launch;
mod process;
mod prompt;
mod provider;
mod receipt;
mod risk;
mod sent_prompt;
mod session;
mod sign_in;
mod status_line;
mod time;
mod tokens;
mod tool_call;
mod trouble;
mod unseen;
mod verdict;
pub mod yaml;
pub mod zone;

pub use activity::{Activity, ActivityState, Evidence, EvidenceSource};
pub use actor::Actor;
pub use approval::{Answer, Approval, ApprovalStatus, ClosedReason, Permission, Via};
pub use clock::{Clock, SystemClock};
pub use conversation::{ConversationKind, Note, Said, ToolResult, ToolUse, TurnEnded, Usage};
pub use conversation_entry::{
    ConversationEntry, ConversationTool, Found, TranscriptProblem, UsageCost,
};
pub use decision::{Decision, DecisionKind, DecisionSource, Outcome};
pub use entry::{Entry, EntryKind};
pub use event::{Event, EventSource, NewEvent, Seq};
pub use exit::{Exit, ExitReason};
pub use id::{ApprovalId, IdError, SessionId};
pub use launch::{AgentSpec, LaunchSpec};
pub use process::{Process, ProcessTotal, ProcessTree};
pub use prompt::{PromptText, PromptTextError};
pub use provider::{Capabilities, Channel, Native, ProviderId, UnknownProvider};
pub use receipt::{Receipt, ReceiptStatus};
pub use risk::{Risk, RiskClass};
pub use sent_prompt::SentPrompt;
pub use session::{BillingMode, Session, Status};
pub use sign_in::{SignIn, SignInStage};
pub use status_line::{ContextUse, RateLimit, StatusLine};
pub use time::Timestamp;
pub use tokens::Tokens;
pub use tool_call::ToolCall;
pub use trouble::{Trouble, TroubleKind};
pub use unseen::{escape_unseen, is_unseen};
pub use verdict::{Matched, Scope, Verdict};
pub use zone::{Day, Zone};
