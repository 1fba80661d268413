//! What the terminal of Codex shows.
//!
//! The cursor decides, as with Claude Code, but differently: it is visible and in the prompt box
//! where that takes input, and hidden somewhere else where it does not.

mod choice;
mod composer;
mod thread;

use codepiper_model::ActivityState::{Idle, NeedsInput, NeedsPermission, Working};

pub use choice::{Choice, Meaning};
pub use thread::dialog_is_of;

use crate::{Reading, ScreenText};

/// Screens without a box, by a text in them. The first that fits counts.
const KNOWN: [(&str, Reading); 16] = [
    (
        "Trust this folder?",
        Reading::dialog(NeedsInput, "trust_dialog"),
    ),
    (
        "Hooks need review",
        Reading::dialog(NeedsInput, "hooks_dialog"),
    ),
    (
        "Use existing model",
        Reading::dialog(NeedsInput, "model_dialog"),
    ),
    (
        "Choose how you want to use Codex",
        Reading::dialog(NeedsInput, "sign_in"),
    ),
    (
        "Resume a previous session",
        Reading::dialog(NeedsInput, "resume_menu"),
    ),
    ("Agent command center", VIEW),
    ("Reconnecting to server", SERVER_LOST),
    ("Would you like to run", PERMISSION),
    ("Would you like to make", PERMISSION),
    ("Would you like to grant", PERMISSION),
    ("and tell Codex what to do differently", PERMISSION),
    ("MCP server to run tool", PERMISSION),
    ("Select Model and Effort", MODEL_MENU),
    ("Select Reasoning Level", MODEL_MENU),
    (
        "Update Model Permissions",
        Reading::dialog(NeedsInput, "permissions_menu"),
    ),
    ("Browsing transcript", VIEW),
];

const PERMISSION: Reading = Reading::dialog(NeedsPermission, "permission_dialog");
const MODEL_MENU: Reading = Reading::dialog(NeedsInput, "model_menu");
/// A person looks at something else; nothing is known of the agent behind it.
const VIEW: Reading = Reading {
    kind: "view",
    ..Reading::UNKNOWN
};
/// The terminal has lost the app-server, and shows what it knew last.
const SERVER_LOST: Reading = Reading {
    kind: "server_lost",
    ..Reading::UNKNOWN
};

/// What a screen says.
pub fn read(screen: ScreenText<'_>) -> Reading {
    let working = screen.title.starts_with(is_braille);
    if let Some(found) = composer::find(screen) {
        if found.server_lost {
            return SERVER_LOST;
        }
        let (state, kind) = if working || found.working {
            (Working, "working")
        } else {
            (Idle, "prompt_box")
        };
        return Reading {
            state,
            kind,
            has_box: true,
            box_empty: found.empty,
        };
    }
    let lines = choice::dialog(screen.lines);
    let says = |text: &str| lines.iter().any(|line| line.contains(text));
    if let Some((_, reading)) = KNOWN.iter().find(|(text, _)| says(text)) {
        return *reading;
    }
    if !choice::choices(lines).is_empty() {
        return Reading::dialog(NeedsInput, "question_dialog");
    }
    if ACTION_REQUIRED
        .iter()
        .any(|sign| screen.title.starts_with(sign))
    {
        return Reading::dialog(NeedsInput, "action_required");
    }
    if working {
        return Reading {
            state: Working,
            kind: "working",
            ..Reading::UNKNOWN
        };
    }
    Reading::UNKNOWN
}

/// The options of the dialog that is up, if one is. Choose by what they mean and press their
/// number, after this very screen was read.
pub fn choices(screen: ScreenText<'_>) -> Vec<Choice> {
    if read(screen).is_dialog() {
        choice::choices(choice::dialog(screen.lines))
    } else {
        Vec::new()
    }
}

/// What stands in the prompt box, its rows as they are wrapped; `None` where there is no box, or
/// where it hides some of them.
pub fn typed_text(screen: ScreenText<'_>) -> Option<String> {
    composer::text(screen)
}

/// The rows above the prompt box; `None` where there is no box.
pub(super) fn conversation(screen: ScreenText<'_>) -> Option<&[String]> {
    let found = composer::find(screen)?;
    Some(&screen.lines[..found.top])
}

/// What Enter may make of a command in the box that is not whole: it takes one of the menu.
pub fn completions(screen: ScreenText<'_>) -> Vec<String> {
    let typed = typed_text(screen).unwrap_or_default();
    if !typed.starts_with('/') || typed.contains(char::is_whitespace) {
        return Vec::new();
    }
    let commands = composer::commands(screen);
    // Of a name that is whole, Enter takes that command.
    if commands.contains(&typed) {
        Vec::new()
    } else {
        commands
    }
}

/// The beginning of the title, which blinks, while something waits for a person.
const ACTION_REQUIRED: [&str; 2] = ["[ ! ]", "[ . ]"];

fn is_braille(c: char) -> bool {
    ('\u{2800}'..='\u{28ff}').contains(&c)
}
