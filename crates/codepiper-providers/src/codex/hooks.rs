//! The hooks of Codex. Names and payloads are nearly those of Claude Code; what it does with the
//! answers is not.
//!
//! A hook before a tool call can only deny, with a reason that is not empty. Everything else that
//! it may say or do wrong (`allow`, `ask`, an empty reason, exit code 1, a timeout) counts as a
//! failed hook, and the call **runs**.

use codepiper_model::{ActivityState, Trouble, TroubleKind};
use serde_json::{Value, json};

use super::Tokens;
use super::command_line::quoted;
use super::patch::in_command;
use crate::claude::hooks as common;
use crate::{HookAnswer, HookCommand, HookFact, HookReading};

/// Where hooks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// In an app-server, which asks its clients itself for leave.
    AppServer,
    /// In the terminal, where a hook is the only one that can be asked.
    Alone,
}

/// A hook that Codex is told to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The event, as its payload names it.
    pub event: &'static str,
    /// What the shell is given.
    pub command: String,
    /// Seconds.
    pub timeout: u32,
    /// What the terminal shows while it runs, where that may take long.
    pub status: Option<&'static str>,
}

impl Hook {
    /// Whether its answer decides on a tool call.
    pub(super) fn decides(&self) -> bool {
        [PRE_TOOL_USE, PERMISSION_REQUEST].contains(&self.event)
    }
}

const PRE_TOOL_USE: &str = "PreToolUse";
const PERMISSION_REQUEST: &str = "PermissionRequest";
const POST_MODEL_REQUEST: &str = "PostModelRequest";

/// The tool that asks the person something.
const QUESTION: &str = "request_user_input";

/// Each with the seconds it gets. Where a person has to be asked about what runs in the sandbox,
/// the hook before the call is held open, and running out of time would let the call run. Codex
/// gives the hooks of an interruption and of the end no more than three.
const EVENTS: [(&str, u32); 7] = [
    ("SessionStart", 15),
    ("UserPromptSubmit", 15),
    (PRE_TOOL_USE, 86_400),
    ("PostToolUse", 15),
    ("Stop", 15),
    ("Interrupt", 3),
    ("SessionEnd", 3),
];

/// What an app-server tells by itself. No dialog is drawn while a request for leave is held open
/// until a person has answered, so the terminal says where that is.
const EVENTS_ALONE: [(&str, u32); 6] = [
    (POST_MODEL_REQUEST, 15),
    (PERMISSION_REQUEST, 86_400),
    ("SubagentStart", 15),
    ("SubagentStop", 15),
    ("PreCompact", 15),
    ("PostCompact", 15),
];

const ASKS: &str = "CodePiper asks a person: see `codepiper approvals`";

/// Our program on every event.
pub fn hooks(command: HookCommand<'_>, setting: Setting) -> Vec<Hook> {
    let more: &[(&str, u32)] = match setting {
        Setting::AppServer => &[],
        Setting::Alone => &EVENTS_ALONE,
    };
    let program = command.program.display().to_string();
    let spool = command.spool.display().to_string();
    let hook = |&(event, timeout): &(&'static str, u32)| {
        let mut words = vec![
            &program,
            "hook-forward",
            "--agent",
            "codex",
            "--spool",
            &spool,
            "--event",
            event,
        ];
        if command.fail_closed {
            words.push("--fail-closed");
        }
        let words: Vec<String> = words.into_iter().map(quoted).collect();
        Hook {
            event,
            command: words.join(" "),
            timeout,
            status: (event == PERMISSION_REQUEST).then_some(ASKS),
        }
    };
    EVENTS.iter().chain(more).map(hook).collect()
}

/// What an event says.
pub fn read(event: &str, data: &Value) -> HookReading {
    let mut reading = common::read(event, data);
    if event == "Interrupt" {
        reading.fact = HookFact::TurnChanged;
        reading.activity = Some(ActivityState::Idle);
        reading.trouble = Some(Trouble::new(TroubleKind::Interrupted, ""));
    }
    // A copy in which nobody has said anything has its name from here only.
    if event == "SessionEnd"
        && let (Some(id), Some(path)) = (
            data["session_id"].as_str(),
            data["transcript_path"].as_str(),
        )
    {
        reading.conversation = Some((id.to_owned(), path.into()));
    }
    // The turns of a sub-agent are not the session's, and what it says is written elsewhere.
    if reading.agent_id.is_some() {
        reading.conversation = None;
        if reading.fact == HookFact::TurnChanged {
            reading.fact = HookFact::Other;
            reading.activity = Some(ActivityState::Working);
            reading.trouble = None;
        }
    }
    if let HookFact::BeforeTool(call)
    | HookFact::PermissionAsked(call)
    | HookFact::AfterTool(call) = &mut reading.fact
    {
        call.is_question = call.tool_name == QUESTION;
        let command = call.tool_input["command"].as_str();
        if let ("Bash", Some(patch)) = (call.tool_name.as_str(), command.and_then(in_command)) {
            call.tool_input = json!({ "command": patch });
            "apply_patch".clone_into(&mut call.tool_name);
        }
        call.tool_input = comparable(&call.tool_name, &call.tool_input);
    }
    reading
}

/// What one answer of the model has used, where the event tells.
pub fn tokens(event: &str, data: &Value) -> Option<Tokens> {
    let usage = &data["token_usage"];
    (event == POST_MODEL_REQUEST && usage.is_object()).then(|| Tokens::read_snake(usage))
}

/// The input without what differs between the events of one call: who asks for leave adds the
/// model's reason to a command, and cuts the end of the last line off a patch.
fn comparable(tool: &str, input: &Value) -> Value {
    match (tool, input["command"].as_str()) {
        ("Bash", Some(command)) => json!({ "command": command }),
        ("apply_patch", Some(patch)) => json!({ "command": patch.trim_end() }),
        _ => input.clone(),
    }
}

/// What Codex reads as the answer, on the hook's standard output. `None` where silence says it.
///
/// An `ask` before a call cannot be said, and a call that a person shall judge must not run: hold
/// the hook open until there is an answer. Said all the same, it denies.
pub fn answer(event: &str, answer: HookAnswer<'_>) -> Option<String> {
    let because = |reason: &str| {
        let reason = reason.trim();
        if reason.is_empty() {
            "a rule of CodePiper forbids it".to_owned()
        } else {
            reason.to_owned()
        }
    };
    match (event, answer) {
        (PRE_TOOL_USE, HookAnswer::Allow) => None,
        (PRE_TOOL_USE, HookAnswer::Deny(reason) | HookAnswer::Ask(reason)) => {
            common::answer(event, HookAnswer::Deny(&because(reason)))
        }
        (_, HookAnswer::Deny(reason)) => common::answer(event, HookAnswer::Deny(&because(reason))),
        (_, HookAnswer::Allow | HookAnswer::Ask(_)) => common::answer(event, answer),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn nothing_but_a_denial_with_a_reason_is_said_before_a_call() {
        let said = |answer| super::answer("PreToolUse", answer);
        assert_eq!(said(HookAnswer::Allow), None);
        for silent in [HookAnswer::Deny(" "), HookAnswer::Ask("")] {
            let output: Value = serde_json::from_str(&said(silent).unwrap()).unwrap();
            let output = &output["hookSpecificOutput"];
            assert_eq!(output["permissionDecision"], "deny");
            assert_eq!(
                output["permissionDecisionReason"],
                "a rule of CodePiper forbids it"
            );
        }
    }

    #[test]
    fn a_request_for_leave_is_answered_in_claudes_words() {
        assert_eq!(
            answer("PermissionRequest", HookAnswer::Allow).unwrap(),
            r#"{"hookSpecificOutput":{"decision":{"behavior":"allow"},"hookEventName":"PermissionRequest"}}"#
        );
        assert_eq!(answer("PermissionRequest", HookAnswer::Ask("x")), None);
    }

    #[test]
    fn a_call_is_the_same_in_each_of_its_events() {
        // Recorded from Codex 0.169.0.
        let patch = "*** Begin Patch\n*** Add File: /x\n+hi\n*** End Patch";
        let before = json!({"tool_name": "apply_patch", "tool_use_id": "call_1",
            "tool_input": {"command": format!("{patch}\n")}});
        let asked = json!({"tool_name": "apply_patch", "tool_input": {"command": patch}});
        let input = |event: &str, data: &Value| match read(event, data).fact {
            HookFact::BeforeTool(call) | HookFact::PermissionAsked(call) => call.tool_input,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            input("PreToolUse", &before),
            input("PermissionRequest", &asked)
        );

        let before = json!({"tool_name": "Bash", "tool_input": {"command": "touch /x"}});
        let asked = json!({"tool_name": "Bash",
            "tool_input": {"command": "touch /x", "description": "May I?"}});
        assert_eq!(
            input("PreToolUse", &before),
            input("PermissionRequest", &asked)
        );
    }

    #[test]
    fn an_interruption_ends_the_turn() {
        let reading = read("Interrupt", &json!({"session_id": "t", "turn_id": "u"}));
        assert_eq!(reading.fact, HookFact::TurnChanged);
        assert_eq!(reading.activity, Some(ActivityState::Idle));
    }

    #[test]
    fn a_prompt_of_a_sub_agent_is_no_turn_of_the_session() {
        let prompt = json!({"session_id": "t", "turn_id": "u", "agent_id": "a", "prompt": "go",
            "transcript_path": "/sub.jsonl"});
        let reading = read("UserPromptSubmit", &prompt);
        assert_eq!(reading.fact, HookFact::Other);
        assert_eq!(reading.activity, Some(ActivityState::Working));
        assert_eq!(reading.agent_id.as_deref(), Some("a"));
        assert_eq!(reading.conversation, None);
    }

    #[test]
    fn the_cost_of_an_answer_is_told_after_it() {
        let data = json!({"status": "completed", "token_usage": {"input_tokens": 10695,
            "cached_input_tokens": 10633, "cache_write_input_tokens": 0, "output_tokens": 2,
            "reasoning_output_tokens": 1, "total_tokens": 10697}});
        let expected = Tokens {
            input: 10_695,
            cached_input: 10_633,
            cache_write_input: 0,
            output: 2,
            reasoning_output: 1,
        };
        assert_eq!(tokens("PostModelRequest", &data), Some(expected));
        assert_eq!(
            tokens("PostModelRequest", &json!({"token_usage": null})),
            None
        );
        assert_eq!(tokens("Stop", &data), None);
    }

    #[test]
    fn the_command_survives_the_shell() {
        let hooks = hooks(
            HookCommand {
                program: Path::new("/it's here/codepiper"),
                spool: Path::new("/s"),
                variables: &[],
                fail_closed: true,
                status_line: false,
            },
            Setting::Alone,
        );
        let asks = hooks.iter().find(|h| h.event == "PermissionRequest");
        assert_eq!(
            asks.unwrap().command,
            r"'/it'\''s here/codepiper' hook-forward --agent codex --spool /s --event PermissionRequest --fail-closed"
        );
    }
}
