use codepiper_model::ActivityState;
use codepiper_model::ActivityState::{Idle, NeedsInput, NeedsPermission, Unknown, Working};
use codepiper_providers::codex::screen::{Meaning, choices, completions, read, typed_text};

use crate::recording::{Recording, expected};

/// What each recording shows, by the beginning of its name; the longest fitting entry counts.
const EXPECTED: [(&str, (ActivityState, &str)); 48] = [
    ("after", (Idle, "prompt_box")),
    ("agents-view", (Unknown, "view")),
    ("alternate", (Idle, "prompt_box")),
    ("alternate-approval", (NeedsPermission, "permission_dialog")),
    ("alternate-exited", (Unknown, "unknown_screen")),
    ("alternate-working", (Working, "working")),
    ("api-error", (Idle, "prompt_box")),
    ("box-cleared", (Idle, "prompt_box")),
    ("config-error", (Unknown, "unknown_screen")),
    ("dialog", (NeedsPermission, "permission_dialog")),
    ("dialog-question", (NeedsInput, "question_dialog")),
    ("edit-previous", (Unknown, "view")),
    ("effort-menu", (NeedsInput, "model_menu")),
    ("exited", (Unknown, "unknown_screen")),
    ("file-menu", (Idle, "prompt_box")),
    ("hooks-dialog", (NeedsInput, "hooks_dialog")),
    ("idle", (Idle, "prompt_box")),
    ("inline", (Idle, "prompt_box")),
    ("inline-approval", (NeedsPermission, "permission_dialog")),
    ("inline-exited", (Unknown, "unknown_screen")),
    ("inline-transcript", (Unknown, "unknown_screen")),
    ("inline-transcript-closed", (Idle, "prompt_box")),
    ("inline-working", (Working, "working")),
    ("interrupted", (Idle, "prompt_box")),
    ("long-reply", (Idle, "prompt_box")),
    ("lookalike", (Idle, "prompt_box")),
    ("migration-dialog", (NeedsInput, "model_dialog")),
    ("model-menu", (NeedsInput, "model_menu")),
    ("pasted-unsent", (Idle, "prompt_box")),
    ("permissions-menu", (NeedsInput, "permissions_menu")),
    ("queued-while-busy", (Working, "working")),
    ("rate-limited", (Idle, "prompt_box")),
    ("resume-folder", (Idle, "prompt_box")),
    ("resume-picker", (NeedsInput, "resume_menu")),
    ("resumed", (Idle, "prompt_box")),
    ("shared-fresh", (Idle, "prompt_box")),
    ("shared-lost", (Unknown, "server_lost")),
    ("shell-mode", (Idle, "prompt_box")),
    ("shell-ran", (Idle, "prompt_box")),
    ("shortcuts", (Idle, "prompt_box")),
    ("sign-in", (NeedsInput, "sign_in")),
    ("slash-menu", (Idle, "prompt_box")),
    ("status-card", (Idle, "prompt_box")),
    ("steered", (Idle, "prompt_box")),
    ("trust", (NeedsInput, "trust_dialog")),
    ("typed", (Idle, "prompt_box")),
    ("typed-while-busy", (Working, "working")),
    ("working", (Working, "working")),
];

/// The recordings in which something stands in the prompt box.
const TYPED: [&str; 13] = [
    "alternate-menu",
    "alternate-typed",
    "file-menu",
    "inline-menu",
    "inline-typed",
    // A prompt that was queued is put back.
    "interrupted-queued",
    "pasted-unsent",
    // What is typed now goes to a shell.
    "shell-mode",
    "slash-menu",
    "typed-like-option",
    "typed-lines-unsent",
    "typed-unsent",
    "typed-while-busy",
];

/// Those of the screen alone, and those that also have the bytes.
fn recordings() -> Vec<Recording> {
    let of = |suffix| Recording::all("codex/0.169.0", suffix);
    [of(".screen.txt"), of(".capture.txt")].concat()
}

#[test]
fn every_recorded_screen_is_read_for_what_it_is() {
    let mut wrong = Vec::new();
    let recordings = recordings();
    assert!(recordings.len() > 75, "only {}", recordings.len());
    for recording in recordings {
        let name = recording.name.as_str();
        let reading = read(recording.screen());
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

#[test]
fn what_was_typed_is_read_back() {
    let recordings = recordings();
    let screen = |name: &str| recordings.iter().find(|r| r.name == name).unwrap().screen();
    for (name, text) in [
        ("idle-fresh", Some("")),
        ("typed-unsent", Some("SAY: half a thought")),
        ("typed-lines-unsent", Some("one\ntwo\nthree")),
        ("typed-while-busy", Some("SAY: and this next")),
        ("shell-mode", Some("!")),
        ("slash-menu", Some("/")),
        ("dialog-command", None),
        ("agents-view", None),
    ] {
        assert_eq!(typed_text(screen(name)).as_deref(), text, "{name}");
    }
    let offered = completions(screen("slash-menu"));
    assert_eq!(offered.len(), 8, "{offered:?}");
    assert_eq!(offered.last().map(String::as_str), Some("/model"));
    assert!(completions(screen("idle-fresh")).is_empty());
}

#[test]
fn what_a_dialog_offers_is_told_apart_by_its_text() {
    use Meaning::{No, Other, Yes, YesAndMore};
    let offered: [(&str, &[Meaning]); 9] = [
        ("dialog-command", &[Yes, YesAndMore, No]),
        ("dialog-command-long", &[Yes, YesAndMore]),
        ("dialog-command-text", &[Yes, YesAndMore, No]),
        ("dialog-mcp", &[Yes, YesAndMore, YesAndMore, No]),
        ("dialog-patch", &[Yes, YesAndMore, No]),
        ("dialog-permissions", &[Yes, YesAndMore, YesAndMore, No]),
        ("dialog-question", &[Other, Other, Other]),
        ("dialog-rule", &[Yes, No]),
        // Prose and a typed text offer nothing, whatever they look like.
        ("", &[]),
    ];
    for recording in recordings() {
        let is_approval = recording.name.starts_with("dialog-");
        let wanted = expected(&offered, &recording.name).unwrap();
        let found = choices(recording.screen());
        let meanings: Vec<Meaning> = found.iter().map(|choice| choice.meaning).collect();
        let numbers: Vec<usize> = found.iter().map(|choice| choice.number.into()).collect();
        if is_approval
            || recording.name.starts_with("lookalike")
            || recording.name.starts_with("typed")
        {
            assert_eq!(meanings, *wanted, "{}", recording.name);
            assert_eq!(numbers, (1..=found.len()).collect::<Vec<_>>());
        }
    }
}
