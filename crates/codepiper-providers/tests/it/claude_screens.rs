use std::path::Path;

use codepiper_model::ActivityState::{Idle, NeedsInput, NeedsPermission, Unknown, Working};
use codepiper_model::{ActivityState, ProviderId};
use codepiper_providers::{Reading, ScreenText, provider};

/// What each recording shows, by the beginning of its name; the longest fitting entry counts.
const EXPECTED: [(&str, ActivityState, &str); 42] = [
    ("after", Idle, "prompt_box"),
    ("api-error", Idle, "prompt_box"),
    ("api-key-dialog", NeedsInput, "api_key_dialog"),
    ("box-cleared", Idle, "prompt_box"),
    ("bypass-dialog", NeedsInput, "bypass_dialog"),
    ("clear", Idle, "prompt_box"),
    ("dialog-bash", NeedsPermission, "permission_dialog"),
    ("dialog-edit", NeedsPermission, "permission_dialog"),
    ("dialog-plan", NeedsInput, "plan_dialog"),
    ("dialog-question", NeedsInput, "question_dialog"),
    ("dialog-read", NeedsPermission, "permission_dialog"),
    ("dialog-subagent", NeedsPermission, "permission_dialog"),
    ("dialog-webfetch", NeedsPermission, "permission_dialog"),
    ("dialog-write", NeedsPermission, "permission_dialog"),
    ("exit-hint", Idle, "prompt_box"),
    ("exited", Idle, "prompt_box"),
    ("file-menu", Idle, "prompt_box"),
    ("idle", Idle, "prompt_box"),
    ("interrupted", Idle, "prompt_box"),
    ("long-reply", Idle, "prompt_box"),
    ("lookalike", Idle, "prompt_box"),
    ("mcp-dialog", NeedsInput, "mcp_server_dialog"),
    ("model-menu", NeedsInput, "question_dialog"),
    ("not-logged-in", Idle, "prompt_box"),
    ("onboarding", NeedsInput, "onboarding"),
    ("pasted-unsent", Idle, "prompt_box"),
    ("queued-while-busy", Working, "working"),
    // Views that a person opened: nothing is known of the agent behind them.
    ("resume-menu", Unknown, "unknown_screen"),
    ("resumed", Idle, "prompt_box"),
    ("rewind-dialog", Unknown, "unknown_screen"),
    ("session-id-in-use", Unknown, "unknown_screen"),
    ("settings-", NeedsInput, "settings_error"),
    ("shell-mode", Idle, "prompt_box"),
    ("shortcuts", Idle, "prompt_box"),
    ("slash-menu", Idle, "prompt_box"),
    ("switch-model-dialog", NeedsInput, "model_dialog"),
    ("transcript-view", Unknown, "unknown_screen"),
    ("trust-dialog", NeedsInput, "trust_dialog"),
    ("typed", Idle, "prompt_box"),
    ("typed-while-busy", Working, "working"),
    ("unable-to-connect", Unknown, "unknown_screen"),
    ("working", Working, "working"),
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/claude-code/2.1.197");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".screen.txt") else {
            continue;
        };
        let meta =
            std::fs::read_to_string(path.with_file_name(format!("{name}.meta.json"))).unwrap();
        let reading = read(&std::fs::read_to_string(&path).unwrap(), &meta);
        let expected = EXPECTED
            .iter()
            .filter(|(prefix, ..)| name.starts_with(prefix))
            .max_by_key(|(prefix, ..)| prefix.len());
        let typed = TYPED.contains(&name);
        match expected {
            Some((_, state, kind))
                if reading.state == *state
                    && reading.kind == *kind
                    && (!reading.has_box || reading.box_empty != typed) => {}
            _ => wrong.push(format!(
                "{name}: expected {expected:?} typed={typed}, read {reading:?}"
            )),
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 30, "only {seen} recordings");
}

/// Seen for some milliseconds: the title says that the turn is over before the spinner is gone.
#[test]
fn a_turn_whose_hooks_still_run_is_not_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/claude-code/2.1.197");
    let file = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let meta = file("working-stop-hooks.meta.json").replace('⠂', "✳");
    assert!(meta.contains("✳ Scripted"));
    let reading = read(&file("working-stop-hooks.screen.txt"), &meta);
    assert_eq!(reading.state, Working);
}

fn read(screen: &str, meta: &str) -> Reading {
    let meta: serde_json::Value = serde_json::from_str(meta).unwrap();
    let lines: Vec<String> = screen
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    let number = |i: usize| u16::try_from(meta["cursor"][i].as_u64().unwrap()).unwrap();
    provider(ProviderId::ClaudeCode).read_screen(ScreenText {
        lines: &lines,
        title: meta["title"].as_str().unwrap(),
        cursor: (number(0), number(1)),
        cols: 120,
    })
}
