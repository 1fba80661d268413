//! Which events people are told of, and what it says there.

use codepiper_model::{ApprovalId, Event, Exit, Session, Status};
use codepiper_store::notifications::NewNotification;
use codepiper_store::{Connection, StoreError, approvals, sessions};
use serde_json::{Value, json};

pub(super) const TURN_DONE: &str = "turn_done";
pub(super) const PERMISSION_NEEDED: &str = "permission_needed";
pub(super) const INPUT_NEEDED: &str = "input_needed";
const SESSION_CRASHED: &str = "session_crashed";
pub(super) const WORKFLOW_DONE: &str = "workflow_done";
pub(super) const WORKFLOW_FAILED: &str = "workflow_failed";
pub(super) const SIGN_IN: &str = "sign_in";

/// All of them.
pub const KINDS: [&str; 7] = [
    TURN_DONE,
    PERMISSION_NEEDED,
    INPUT_NEEDED,
    SESSION_CRASHED,
    WORKFLOW_DONE,
    WORKFLOW_FAILED,
    SIGN_IN,
];

/// The longest that is said of a request.
const BODY_MAX: usize = 200;

/// What is told of an event; nothing of most.
pub(super) fn told(db: &Connection, event: &Event) -> Result<Option<NewNotification>, StoreError> {
    let Some((kind, title)) = kind_of(event) else {
        return Ok(None);
    };
    let Some(stored) = sessions::get(db, event.session_id)? else {
        return Ok(None);
    };
    let session = stored.session;
    // A workflow goes on by itself; it tells of its own end.
    if kind == TURN_DONE && session.metadata.contains_key("workflow") {
        return Ok(None);
    }
    let mut payload = json!({ "sessionId": session.id });
    let mut body = label(&session);
    if let Some(id) = approval_of(event) {
        let Some(stored) = approvals::get(db, id)? else {
            return Ok(None);
        };
        let approval = stored.approval;
        let summary: String = approval.summary.chars().take(BODY_MAX).collect();
        body = format!("{body}: {summary}");
        payload = json!({
            "approvalId": approval.id,
            "requestHash": approval.request_hash,
            "risk": approval.risk.class,
            "sessionId": session.id,
            "toolName": approval.tool_name,
        });
    }
    Ok(Some(NewNotification {
        session_id: Some(session.id.to_string()),
        provider: Some(session.provider.to_string()),
        kind,
        source_event_id: Some(event.id),
        title: title.to_owned(),
        body,
        payload,
        created_at: event.timestamp,
    }))
}

fn kind_of(event: &Event) -> Option<(&'static str, &'static str)> {
    let of = |name: &str| event.payload[name].as_str().unwrap_or_default();
    match event.kind.as_str() {
        "ApprovalRequested" => Some((PERMISSION_NEEDED, "Permission needed")),
        "Activity" => match (of("from"), of("to")) {
            ("working" | "needs_permission", "idle") => Some((TURN_DONE, "Turn done")),
            (_, "needs_input") => Some((INPUT_NEEDED, "The agent asks something")),
            // One that only the terminal answers; of the others the request tells.
            (_, "needs_permission") if event.payload["approvalId"].is_null() => {
                Some((PERMISSION_NEEDED, "Permission needed"))
            }
            _ => None,
        },
        "SessionEnded" => {
            let exit: Exit = serde_json::from_value(event.payload["exit"].clone()).ok()?;
            let has_crashed = Status::after(&exit) == Status::Crashed;
            has_crashed.then_some((SESSION_CRASHED, "The session has crashed"))
        }
        _ => None,
    }
}

/// The approval that an event is about.
pub(super) fn approval_of(event: &Event) -> Option<ApprovalId> {
    let Value::String(id) = &event.payload["approvalId"] else {
        return None;
    };
    id.parse()
        .ok()
        .filter(|_| event.kind.starts_with("Approval"))
}

/// What people know a session by.
fn label(session: &Session) -> String {
    let folder = session.cwd.file_name().map(|name| name.to_string_lossy());
    let short = || format!("session {}", session.id.short());
    session
        .name
        .clone()
        .or_else(|| folder.map(std::borrow::Cow::into_owned))
        .unwrap_or_else(short)
}
