use codepiper_model::{SessionId, Timestamp, ToolCall};
use serde_json::{Value, json};

use super::Redactor;
use crate::canonical::{canonical, sha256};
use crate::shorten::shorten;

/// The longest text of a call that the audit keeps whole; the request's hash covers all of it.
const KEPT_MAX: usize = 32 * 1024;

/// A tool call that is to be decided on.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) session_id: SessionId,
    pub(crate) agent_id: Option<String>,
    pub(crate) tool_name: String,
    /// Without secrets.
    pub(crate) tool_input: Value,
    pub(crate) request_hash: String,
    pub(crate) tool_use_id: Option<String>,
    pub(crate) at: Timestamp,
}

impl Asked {
    /// What the audit keeps of a session's call.
    pub(crate) fn new(
        session_id: SessionId,
        call: &ToolCall,
        redactor: &Redactor,
        at: Timestamp,
    ) -> Self {
        let request = json!({
            "cwd": call.cwd,
            "sessionId": session_id,
            "toolInput": call.tool_input,
            "toolName": call.tool_name,
        });
        let mut tool_input = redactor.redact(&call.tool_input);
        shorten(&mut tool_input, KEPT_MAX);
        Self {
            session_id,
            agent_id: None,
            tool_name: call.tool_name.clone(),
            tool_input,
            request_hash: sha256(canonical(&request).as_bytes()),
            tool_use_id: None,
            at,
        }
    }
}
