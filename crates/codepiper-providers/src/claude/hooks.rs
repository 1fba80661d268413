//! The hooks of Claude Code, as 2.1.197 runs them. The demo agent speaks the same language.

use std::path::PathBuf;

use codepiper_model::ActivityState;
use serde_json::{Value, json};

use super::trouble;
use crate::{HookAnswer, HookCall, HookCommand, HookFact, HookReading};

/// The events we want to hear of, each with the seconds that the agent gives the hook. A person may
/// take a day over a permission; the agent itself waits for no other.
///
/// `WorktreeCreate` must never be among them: such a hook takes the place of git.
const EVENTS: [(&str, u32); 21] = [
    ("SessionStart", 15),
    ("SessionEnd", 15),
    ("UserPromptSubmit", 15),
    ("PreToolUse", 30),
    ("PostToolUse", 15),
    ("PostToolUseFailure", 15),
    ("PostToolBatch", 15),
    (PERMISSION_REQUEST, 86_400),
    ("PermissionDenied", 15),
    ("Notification", 15),
    ("Stop", 15),
    ("StopFailure", 15),
    ("SubagentStart", 15),
    ("SubagentStop", 15),
    ("PreCompact", 15),
    ("PostCompact", 15),
    ("CwdChanged", 15),
    ("ConfigChange", 15),
    ("TaskCreated", 15),
    ("TaskCompleted", 15),
    ("Elicitation", 15),
];

const PERMISSION_REQUEST: &str = "PermissionRequest";

/// Tools that ask the person something.
const QUESTIONS: [&str; 2] = ["AskUserQuestion", "ExitPlanMode"];

/// The `hooks` of a settings file: our program on every event, executed without a shell.
pub(crate) fn settings(command: HookCommand<'_>) -> Value {
    let spool = command.spool.display().to_string();
    let entries = EVENTS.map(|(event, timeout)| {
        // The event stands here as well: a payload that cannot be read does not tell it.
        let mut args = vec!["hook-forward", "--spool", &spool, "--event", event];
        if command.fail_closed {
            args.push("--fail-closed");
        }
        let handler = json!({
            "type": "command",
            "command": command.program,
            "args": args,
            "timeout": timeout,
        });
        (event.to_owned(), json!([{ "hooks": [handler] }]))
    });
    Value::Object(entries.into_iter().collect())
}

/// What an event says.
pub(crate) fn read(event: &str, data: &Value) -> HookReading {
    use ActivityState::{Idle, NeedsInput, NeedsPermission, Working};

    let text = |key: &str| data[key].as_str().map(str::to_owned);
    let agent_id = text("agent_id").filter(|id| !id.is_empty());
    let (fact, activity) = match event {
        "PreToolUse" => (before(data), Some(Working)),
        PERMISSION_REQUEST => match call(data) {
            Some(call) => {
                let state = if call.is_question {
                    NeedsInput
                } else {
                    NeedsPermission
                };
                (HookFact::PermissionAsked(call), Some(state))
            }
            None => (HookFact::Other, None),
        },
        "PostToolUse" | "PostToolUseFailure" => (
            call(data).map_or(HookFact::Other, HookFact::AfterTool),
            Some(Working),
        ),
        "PostToolBatch" => {
            let calls = data["tool_calls"].as_array().into_iter().flatten();
            let calls = calls.filter_map(call).collect();
            (HookFact::AfterBatch(calls), Some(Working))
        }
        "SessionStart" => (HookFact::ConversationBegan, None),
        // The end of a sub-agent's turn is not the end of the session's.
        "UserPromptSubmit" | "SubagentStop" => (HookFact::TurnChanged, Some(Working)),
        "Stop" | "StopFailure" => (HookFact::TurnChanged, Some(Idle)),
        "SubagentStart" | "PreCompact" => (HookFact::Other, Some(Working)),
        "SessionEnd" => (HookFact::TurnChanged, None),
        "Notification" => match data["notification_type"].as_str() {
            Some("permission_prompt") => (HookFact::Other, Some(NeedsPermission)),
            Some("elicitation_dialog") => (HookFact::Other, Some(NeedsInput)),
            _ => (HookFact::Other, None),
        },
        "Elicitation" => (HookFact::Other, Some(NeedsInput)),
        _ => (HookFact::Other, None),
    };
    let words = data["last_assistant_message"].as_str().unwrap_or_default();
    let trouble =
        (event == "StopFailure").then(|| trouble::of_error(data["error"].as_str(), words));
    HookReading {
        fact,
        activity,
        trouble,
        agent_id,
        cwd: text("cwd").map(PathBuf::from),
        mode: text("permission_mode"),
        conversation: text("session_id")
            .zip(text("transcript_path").map(PathBuf::from))
            .filter(|_| match event {
                // A fork begins under the old name, and has its own from the first prompt on.
                "SessionStart" => data["source"] != "resume",
                "UserPromptSubmit" => true,
                _ => false,
            }),
    }
}

/// What the agent reads as the answer, on the hook's standard output. `None` where this event
/// takes no such answer.
pub(crate) fn answer(event: &str, answer: HookAnswer<'_>) -> Option<String> {
    let output = match event {
        "PreToolUse" => {
            let (decision, reason) = match answer {
                HookAnswer::Allow => ("allow", None),
                HookAnswer::Deny(reason) => ("deny", Some(reason)),
                HookAnswer::Ask(reason) => ("ask", Some(reason)),
            };
            let mut output = json!({ "hookEventName": event, "permissionDecision": decision });
            if let Some(reason) = reason {
                output["permissionDecisionReason"] = reason.into();
            }
            output
        }
        PERMISSION_REQUEST => {
            let decision = match answer {
                HookAnswer::Allow => json!({ "behavior": "allow" }),
                HookAnswer::Deny(message) => json!({ "behavior": "deny", "message": message }),
                HookAnswer::Ask(_) => return None,
            };
            json!({ "hookEventName": event, "decision": decision })
        }
        _ => return None,
    };
    Some(json!({ "hookSpecificOutput": output }).to_string())
}

fn before(data: &Value) -> HookFact {
    call(data).map_or(HookFact::Unreadable, HookFact::BeforeTool)
}

fn call(data: &Value) -> Option<HookCall> {
    let tool_name = data["tool_name"].as_str().filter(|name| !name.is_empty());
    let tool_name = tool_name?.to_owned();
    Some(HookCall {
        is_question: QUESTIONS.contains(&tool_name.as_str()),
        tool_name,
        tool_input: data["tool_input"].clone(),
        tool_use_id: data["tool_use_id"].as_str().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_permission_is_asked_and_answered_in_claudes_words() {
        // Recorded from Claude Code 2.1.197.
        let data = json!({
            "session_id": "7bec8ac5", "transcript_path": "/c/projects/-p/7bec8ac5.jsonl",
            "cwd": "/p", "permission_mode": "default", "hook_event_name": "PermissionRequest",
            "tool_name": "Bash",
            "tool_input": { "command": "touch /p/a", "description": "Run a scripted command" },
        });
        let reading = read("PermissionRequest", &data);
        assert_eq!(reading.activity, Some(ActivityState::NeedsPermission));
        let HookFact::PermissionAsked(call) = reading.fact else {
            panic!("{:?}", reading.fact);
        };
        assert_eq!(call.tool_input["command"], "touch /p/a");
        assert!(!call.is_question);
        assert_eq!(
            answer("PermissionRequest", HookAnswer::Deny("no")).unwrap(),
            r#"{"hookSpecificOutput":{"decision":{"behavior":"deny","message":"no"},"hookEventName":"PermissionRequest"}}"#
        );
    }

    #[test]
    fn a_question_is_no_permission() {
        let reading = read(
            "PermissionRequest",
            &json!({ "tool_name": "ExitPlanMode", "tool_input": {} }),
        );
        assert_eq!(reading.activity, Some(ActivityState::NeedsInput));
    }

    #[test]
    fn a_notification_is_known_by_its_type() {
        let data = json!({
            "message": "Claude needs your permission", "notification_type": "permission_prompt",
        });
        let reading = read("Notification", &data);
        assert_eq!(reading.activity, Some(ActivityState::NeedsPermission));
        let reading = read(
            "Notification",
            &json!({ "notification_type": "idle_prompt" }),
        );
        assert_eq!(reading.activity, None);
    }

    #[test]
    fn what_makes_no_sense_says_nothing() {
        for (event, data) in [
            ("PostToolUse", json!({})),
            ("PermissionRequest", json!({ "tool_name": 7 })),
            ("AnEventOfTheFuture", json!({ "x": 1 })),
        ] {
            assert_eq!(read(event, &data).fact, HookFact::Other, "{event} {data}");
        }
    }

    #[test]
    fn a_tool_call_without_a_tool_cannot_be_read() {
        for data in [
            json!({}),
            json!([1]),
            json!({ "tool_name": "" }),
            json!({ "tool_name": ["Bash"], "tool_input": { "command": "true" } }),
        ] {
            assert_eq!(
                read("PreToolUse", &data).fact,
                HookFact::Unreadable,
                "{data}"
            );
        }
    }

    #[test]
    fn the_program_is_executed_without_a_shell() {
        let settings = settings(HookCommand {
            program: Path::new("/x y/codepiper"),
            spool: Path::new("/s"),
            variables: &[],
            fail_closed: true,
            status_line: false,
        });
        let handler = &settings["PermissionRequest"][0]["hooks"][0];
        assert_eq!(handler["command"], "/x y/codepiper");
        assert_eq!(
            handler["args"],
            json!([
                "hook-forward",
                "--spool",
                "/s",
                "--event",
                "PermissionRequest",
                "--fail-closed"
            ])
        );
        assert_eq!(handler["timeout"], 86_400);
        assert!(settings.get("WorktreeCreate").is_none());
    }
}
