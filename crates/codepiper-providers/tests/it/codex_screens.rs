use codepiper_model::ProviderId;
use codepiper_providers::codex::screen::{Meaning, choices, completions, typed_text};

use crate::recording::{Recording, misread};

/// The recordings in which something stands in the prompt box.
const TYPED: [&str; 22] = [
    "alternate-menu",
    "alternate-typed",
    "composer-dialog",
    "composer-full",
    "composer-list",
    "composer-scrolled",
    "composer-scrolled-busy",
    "composer-scrolled-middle",
    "composer-scrolled-top",
    "composer-small-scrolled",
    "composer-small-wrapped",
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
    let recordings = recordings();
    assert!(recordings.len() > 100, "only {}", recordings.len());
    let wrong = misread(ProviderId::Codex, "codex/0.169.0", &recordings, &TYPED);
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
        ("composer-list", Some("1. do a\n2. do b\n3. do c")),
        // Only some of it can be seen.
        ("composer-scrolled", None),
        ("composer-scrolled-top", None),
        ("composer-small-wrapped", None),
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
        let wanted = of_longest(&offered, &recording.name).unwrap();
        let found = choices(recording.screen());
        let meanings: Vec<Meaning> = found.iter().map(|choice| choice.meaning).collect();
        let numbers: Vec<usize> = found.iter().map(|choice| choice.number.into()).collect();
        if is_approval
            || recording.name.starts_with("lookalike")
            || recording.name.starts_with("typed")
            || recording.name.starts_with("composer")
        {
            assert_eq!(meanings, *wanted, "{}", recording.name);
            assert_eq!(numbers, (1..=found.len()).collect::<Vec<_>>());
        }
    }
}

/// The entry for a recording: the longest that its name begins with.
fn of_longest<'a, T>(table: &'a [(&str, T)], name: &str) -> Option<&'a T> {
    let fitting = table.iter().filter(|(prefix, _)| name.starts_with(prefix));
    let longest = fitting.max_by_key(|(prefix, _)| prefix.len());
    longest.map(|(_, entry)| entry)
}
