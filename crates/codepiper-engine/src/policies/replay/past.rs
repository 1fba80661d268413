use std::path::PathBuf;

use codepiper_model::{Decision, ProviderId, ToolCall};
use codepiper_providers::{HookFact, provider};
use codepiper_store::decisions::StoredDecision;
use codepiper_store::{Connection, StoreError, events, sessions};
use serde_json::json;

use crate::audit::request_hash;
use crate::policies::Workspace;

/// A call that was decided on, as far as it was kept.
pub(super) struct Past {
    pub(super) decision: Decision,
    pub(super) call: ToolCall,
    /// Whether it was a question to the person, which no `allow` answers.
    pub(super) is_question: bool,
    /// Where its session was started, where that is known.
    directory: Option<PathBuf>,
    /// Whether this is all of it: what the audit keeps has no secrets, and is shortened.
    pub(super) is_whole: bool,
}

impl Past {
    pub(super) fn new(db: &Connection, stored: StoredDecision) -> Result<Self, StoreError> {
        let decision = stored.decision;
        let session = sessions::get(db, decision.session_id)?.map(|stored| stored.session);
        let event = match decision.event_id {
            Some(id) => events::get(db, id)?,
            None => None,
        };
        // Sessions and events may be gone; the audit stays.
        let (kind, payload) = match event {
            Some(event) => (event.kind, event.payload),
            None => (
                "PreToolUse".to_owned(),
                json!({ "tool_name": decision.tool_name, "tool_input": decision.tool_input }),
            ),
        };
        let agent = session.as_ref().map(|session| session.provider);
        let reading = provider(agent.unwrap_or(ProviderId::ClaudeCode)).read_hook(&kind, &payload);
        let directory = session.map(|session| session.cwd);
        let cwd = reading.cwd.filter(|cwd| cwd.is_absolute());
        let call = ToolCall {
            tool_name: decision.tool_name.clone(),
            tool_input: decision.tool_input.clone(),
            cwd: cwd
                .or_else(|| directory.clone())
                .unwrap_or_else(|| "/".into()),
            session_id: Some(decision.session_id),
            provider: agent,
            mode: reading.mode,
        };
        Ok(Self {
            is_question: match &reading.fact {
                HookFact::BeforeTool(call) | HookFact::PermissionAsked(call) => call.is_question,
                _ => false,
            },
            is_whole: request_hash(&call) == stored.request_hash,
            decision,
            call,
            directory,
        })
    }

    /// What rules for files mean by the workspace.
    pub(super) fn workspace(&self) -> Workspace {
        Workspace::of(self.directory.as_deref())
    }
}
