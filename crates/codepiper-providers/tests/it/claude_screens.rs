use codepiper_model::ActivityState::Working;
use codepiper_model::ProviderId;
use codepiper_providers::provider;

use crate::recording::{Recording, misread};

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
    let recordings = Recording::all("claude-code/2.1.197", ".screen.txt");
    assert!(recordings.len() > 90, "only {}", recordings.len());
    let wrong = misread(
        ProviderId::ClaudeCode,
        "claude-code/2.1.197",
        &recordings,
        &TYPED,
    );
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
