use codepiper_model::ActivityState::{Idle, NeedsInput, NeedsPermission, Unknown, Working};
use codepiper_model::{ActivityState, ProviderId};
use codepiper_providers::provider;

use crate::recording::{Recording, expected};

/// What each recording shows, by the beginning of its name; the longest fitting entry counts.
const EXPECTED: [(&str, (ActivityState, &str)); 42] = [
    ("after", (Idle, "prompt_box")),
    ("api-error", (Idle, "prompt_box")),
    ("api-key-dialog", (NeedsInput, "api_key_dialog")),
    ("box-cleared", (Idle, "prompt_box")),
    ("bypass-dialog", (NeedsInput, "bypass_dialog")),
    ("clear", (Idle, "prompt_box")),
    ("dialog-bash", (NeedsPermission, "permission_dialog")),
    ("dialog-edit", (NeedsPermission, "permission_dialog")),
    ("dialog-plan", (NeedsInput, "plan_dialog")),
    ("dialog-question", (NeedsInput, "question_dialog")),
    ("dialog-read", (NeedsPermission, "permission_dialog")),
    ("dialog-subagent", (NeedsPermission, "permission_dialog")),
    ("dialog-webfetch", (NeedsPermission, "permission_dialog")),
    ("dialog-write", (NeedsPermission, "permission_dialog")),
    ("exit-hint", (Idle, "prompt_box")),
    ("exited", (Idle, "prompt_box")),
    ("file-menu", (Idle, "prompt_box")),
    ("idle", (Idle, "prompt_box")),
    ("interrupted", (Idle, "prompt_box")),
    ("long-reply", (Idle, "prompt_box")),
    ("lookalike", (Idle, "prompt_box")),
    ("mcp-dialog", (NeedsInput, "mcp_server_dialog")),
    ("model-menu", (NeedsInput, "question_dialog")),
    ("not-logged-in", (Idle, "prompt_box")),
    ("onboarding", (NeedsInput, "onboarding")),
    ("pasted-unsent", (Idle, "prompt_box")),
    ("queued-while-busy", (Working, "working")),
    // Views that a person opened: nothing is known of the agent behind them.
    ("resume-menu", (Unknown, "unknown_screen")),
    ("resumed", (Idle, "prompt_box")),
    ("rewind-dialog", (Unknown, "unknown_screen")),
    ("session-id-in-use", (Unknown, "unknown_screen")),
    ("settings-", (NeedsInput, "settings_error")),
    ("shell-mode", (Idle, "prompt_box")),
    ("shortcuts", (Idle, "prompt_box")),
    ("slash-menu", (Idle, "prompt_box")),
    ("switch-model-dialog", (NeedsInput, "model_dialog")),
    ("transcript-view", (Unknown, "unknown_screen")),
    ("trust-dialog", (NeedsInput, "trust_dialog")),
    ("typed", (Idle, "prompt_box")),
    ("typed-while-busy", (Working, "working")),
    ("unable-to-connect", (Unknown, "unknown_screen")),
    ("working", (Working, "working")),
];

/// The recordings in which something stands in the prompt box.
const TYPED: [&str; 9] = [
    "exited",
    "file-menu",
    // The agent puts the prompt back when it had not answered yet.
    "interrupted-no-text",
    "interrupted-retrying",
    "pasted-unsent",
    "slash-menu",
    "typed-lines-unsent",
    "typed-unsent",
    "typed-while-busy",
];

#[test]
fn every_recorded_screen_is_read_for_what_it_is() {
    let mut wrong = Vec::new();
    let recordings = Recording::all("claude-code/2.1.197", ".screen.txt");
    assert!(recordings.len() > 30, "only {}", recordings.len());
    for recording in recordings {
        let name = recording.name.as_str();
        let reading = provider(ProviderId::ClaudeCode).read_screen(recording.screen());
        let expected = expected(&EXPECTED, name);
        let typed = TYPED.contains(&name);
        let is_right = expected == Some(&(reading.state, reading.kind))
            && (!reading.has_box || reading.box_empty != typed);
        if !is_right {
            wrong.push(format!(
                "{name}: expected {expected:?} typed={typed}, read {reading:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Seen for some milliseconds: the title says that the turn is over before the spinner is gone.
#[test]
fn a_turn_whose_hooks_still_run_is_not_over() {
    let mut recordings = Recording::all("claude-code/2.1.197", ".screen.txt").into_iter();
    let mut recording = recordings
        .find(|recording| recording.name == "working-stop-hooks")
        .unwrap();
    recording.title = recording.title.replace('⠂', "✳");
    assert!(recording.title.starts_with("✳ Scripted"));
    let reading = provider(ProviderId::ClaudeCode).read_screen(recording.screen());
    assert_eq!(reading.state, Working);
}
