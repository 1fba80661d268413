//! Which events are told, in which order and with which fields.

use serde_json::{Value, json};

use super::{ID, told_and};
use crate::support::Pane;

#[test]
fn the_events_of_a_session_come_in_order_with_their_fields() {
    let prompt = "RUN: echo one\nRUN: echo two; exit 3\nSAY: bye";
    let pane = Pane::with_settings(&told_and(&[]), &["--session-id", ID, prompt]);
    for command in ["echo one", "echo two"] {
        pane.see(&format!("   {command}"));
        pane.hears("PermissionRequest");
        pane.keys(&["1"]);
    }
    pane.see("● bye");
    pane.hears("Stop");
    pane.idle();
    pane.submit("FAIL");
    pane.hears("StopFailure");
    pane.idle();
    pane.submit("!true");
    pane.see("Exit code 0");
    pane.submit("/clear");
    pane.hears("SessionStart");
    pane.idle();
    pane.keys(&["C-d"]);
    pane.exit_code();

    let mut heard = pane.heard();
    let path = pane.path("transcript.jsonl");
    let mut prompts = Vec::new();
    let mut calls = Vec::new();
    for payload in &mut heard {
        let fields = payload.as_object_mut().unwrap();
        let mut take = |name| fields.remove(name).unwrap_or_default();
        assert_eq!(take("session_id"), ID);
        assert_eq!(take("cwd"), pane.folder.path().to_string_lossy().as_ref());
        assert_eq!(take("transcript_path"), path.to_string_lossy().as_ref());
        assert_eq!(take("permission_mode"), "default");
        prompts.push(take("prompt_id"));
        if let Some(time) = fields.remove("duration_ms") {
            assert!(time.is_u64());
        }
        let call = match fields.get_mut("tool_calls") {
            Some(calls) => &mut calls[0],
            None => payload,
        };
        if let Some(id) = call.as_object_mut().unwrap().remove("tool_use_id") {
            calls.push(id);
        }
    }
    assert_eq!(prompts[0], Value::Null);
    assert!(prompts[1].is_string() && prompts[1] != prompts[11]);
    assert!(prompts[1..11].iter().all(|prompt| prompt == &prompts[1]));
    // One id for each of two calls, told before, after, and in the batch.
    assert!(calls.len() == 6 && calls[0] != calls[3] && calls[0].is_string());
    assert!(
        calls
            .chunks(3)
            .all(|ids| ids.iter().all(|id| id == &ids[0]))
    );

    let input = |command| json!({"command": command, "description": "Run a scripted command"});
    let (one, two) = (input("echo one"), input("echo two; exit 3"));
    let before =
        |input| json!({"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": input});
    let request = |input| {
        json!({
            "hook_event_name": "PermissionRequest", "tool_name": "Bash", "tool_input": input,
            "permission_suggestions": [],
        })
    };
    let batch = |input, response| {
        let call = json!({"tool_name": "Bash", "tool_input": input, "tool_response": response});
        json!({"hook_event_name": "PostToolBatch", "tool_calls": [call]})
    };
    let response = json!({"stdout": "one\n", "stderr": "", "interrupted": false, "isImage": false});
    assert_eq!(
        heard,
        [
            json!({"hook_event_name": "SessionStart", "source": "startup", "model": "demo"}),
            json!({"hook_event_name": "UserPromptSubmit", "prompt": prompt}),
            before(&one),
            request(&one),
            json!({
                "hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": one,
                "tool_response": response,
            }),
            batch(&one, "one\n"),
            before(&two),
            request(&two),
            json!({
                "hook_event_name": "PostToolUseFailure", "tool_name": "Bash", "tool_input": two,
                "error": "Exit code 3\ntwo\n", "is_interrupt": false,
            }),
            batch(&two, "Exit code 3\ntwo\n"),
            json!({
                "hook_event_name": "Stop", "stop_hook_active": false,
                "last_assistant_message": "bye", "background_tasks": [], "session_crons": [],
            }),
            json!({"hook_event_name": "UserPromptSubmit", "prompt": "FAIL"}),
            json!({
                "hook_event_name": "StopFailure", "error": "server_error",
                "last_assistant_message": "API Error: 500 the demo agent was told to fail",
            }),
            json!({"hook_event_name": "SessionStart", "source": "clear"}),
            json!({"hook_event_name": "SessionEnd", "reason": "prompt_input_exit"}),
        ]
    );

    pane.restart(&["--settings", "settings.json", "--resume", ID]);
    let resumed = pane.hears("SessionStart");
    assert_eq!(resumed["source"], "resume");
    assert_eq!(resumed.get("model"), None);
}
