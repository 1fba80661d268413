//! A tool call as the rules see it, as the audit keeps it, and as a person is asked about it.

use codepiper_model::{Approval, ApprovalId, ApprovalStatus, Matched, Timestamp, ToolCall};
use codepiper_providers::{HookCall, HookReading};
use serde_json::Value;

use super::HookReport;
use crate::audit::Asked;
use crate::policies::Workspace;
use crate::sessions::Subject;

/// The call as the rules see it, and as the audit keeps it.
pub(super) fn request(
    subject: &Subject,
    report: &HookReport,
    reading: &HookReading,
    call: &HookCall,
) -> (ToolCall, Asked) {
    let cwd = reading.cwd.clone().filter(|cwd| cwd.is_absolute());
    let tool_call = ToolCall {
        tool_name: call.tool_name.clone(),
        tool_input: call.tool_input.clone(),
        cwd: cwd.unwrap_or_else(|| subject.cwd.clone()),
        session_id: Some(report.session_id),
        provider: Some(subject.provider),
        mode: reading.mode.clone(),
    };
    let at = report.at.unwrap_or(Timestamp::from_millis(0));
    let asked = Asked {
        agent_id: reading.agent_id.clone(),
        tool_use_id: call.tool_use_id.clone(),
        ..Asked::new(report.session_id, &tool_call, &subject.redactor, at)
    };
    (tool_call, asked)
}

/// What a person is asked.
pub(super) fn approval(
    subject: &Subject,
    call: &ToolCall,
    asked: &Asked,
    matched: Vec<Matched>,
) -> Approval {
    Approval {
        id: ApprovalId::random(),
        session_id: asked.session_id,
        provider: subject.provider,
        status: ApprovalStatus::Pending,
        tool_name: call.tool_name.clone(),
        tool_input: call.tool_input.clone(),
        // It goes into events and notifications; whoever answers is shown the input itself.
        summary: summary(&asked.tool_input),
        cwd: call.cwd.clone(),
        agent_id: asked.agent_id.clone(),
        diff: None,
        risk: codepiper_policy::risk(call, &Workspace::of(Some(&subject.cwd)).context()),
        matched,
        request_hash: asked.request_hash.clone(),
        created_at: asked.at,
        expires_at: None,
        answer: None,
        closed_reason: None,
    }
}

/// The request in one line: the command, the file or the address, otherwise everything.
pub(crate) fn summary(tool_input: &Value) -> String {
    const NAMING: [&str; 5] = ["command", "file_path", "notebook_path", "url", "query"];
    const SHOWN: usize = 500;
    let named = NAMING.iter().find_map(|name| tool_input[*name].as_str());
    let whole = named.map_or_else(|| tool_input.to_string(), str::to_owned);
    let line: String = whole
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if line.chars().count() <= SHOWN {
        return line;
    }
    let mut short: String = line.chars().take(SHOWN).collect();
    short.push('…');
    short
}
