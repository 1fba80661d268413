//! A request for leave that comes from the app-server, in the words of a hook: so the same rules
//! decide it, in the same row of the audit as the call's own hook.

use codepiper_model::SessionId;
use codepiper_providers::codex::rpc::Approval;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::hooks::HookReport;
use crate::sessions::Subject;

/// The report, which is the same whenever the same request is heard of.
pub(super) fn report(session_id: SessionId, subject: &Subject, approval: &Approval) -> HookReport {
    let tool = approval.tool.as_ref();
    let mut data = json!({
        "hook_event_name": "PermissionRequest",
        "via": "app-server",
        "session_id": approval.thread_id,
        "turn_id": approval.turn_id,
        "tool_use_id": approval.item_id,
        "tool_name": tool.map(|tool| &tool.name),
        "tool_input": tool.map(|tool| &tool.input),
        "reason": approval.reason,
    });
    if let Some(cwd) = &approval.cwd {
        data["cwd"] = json!(cwd);
    }
    if subject.conversation().as_ref() != Some(&approval.thread_id) {
        data["agent_id"] = approval.thread_id.clone().into();
    }
    HookReport {
        session_id,
        event: "PermissionRequest".to_owned(),
        size: data.to_string().len(),
        data,
        unreadable: false,
        delivery_id: request_name(session_id, subject, approval),
        at: None,
    }
}

/// Names the request. Its id alone does not: each app-server counts from the beginning, and each
/// start of a session has a secret of its own.
fn request_name(session_id: SessionId, subject: &Subject, approval: &Approval) -> String {
    delivery_id(&json!([
        session_id,
        subject.credential.hash(),
        approval.thread_id,
        approval.turn_id,
        approval.item_id,
        approval.id.to_string(),
    ]))
}

/// The name of what the app-server tells or asks, so that it is stored once however often it is
/// heard of.
pub(super) fn delivery_id(what: &Value) -> String {
    let digest = Sha256::digest(what.to_string());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}
