//! What went wrong with a turn of Codex, as its app-server, its rollout and its screen tell it.

use codepiper_model::TroubleKind::{
    ApiError, ContextFull, Interrupted, Rejected, Retrying, SignInNeeded, UsageLimit,
};
use codepiper_model::{ActivityState, Trouble};
use serde_json::Value;

use super::screen::{conversation, read as read_screen};
use crate::{Claim, ScreenText};

/// A turn that ended with an error: its word for it, which the app-server and the rollout spell
/// differently, and what it said.
pub fn of_error(code: Option<&str>, words: &str) -> Trouble {
    let code = code.unwrap_or_default().replace('_', "").to_lowercase();
    let kind = match code.as_str() {
        "usagelimitexceeded" => UsageLimit,
        "contextwindowexceeded" => ContextFull,
        "unauthorized" => SignInNeeded,
        _ if says_sign_in(words) => SignInNeeded,
        _ => ApiError,
    };
    Trouble::new(kind, words)
}

/// The `error` of a turn in a rollout.
pub(super) fn of_rollout(error: &Value) -> Trouble {
    let code = error["codex_error_info"].as_str();
    of_error(code, error["message"].as_str().unwrap_or_default())
}

/// What a screen says. Only Codex itself writes `■` into the first column.
pub(super) fn read(screen: ScreenText<'_>) -> Option<Claim> {
    let reading = read_screen(screen);
    let rows = conversation(screen)?;
    let marked = |line: &String| line.starts_with(['•', '◦', '›', '■', '✗']);
    let latest = rows.iter().rposition(marked)?;
    let said = rows[latest..].iter().take_while(|row| !row.is_empty());
    let said = said.filter(|row| !row.starts_with("  └ Tip:"));
    let words = said.fold(String::new(), |words, row| words + " " + row);
    let words = words.trim_start_matches([' ', '•', '◦', '■']);
    match reading.state {
        ActivityState::Working if words.starts_with("Reconnecting") => {
            Some(Claim::certain(Trouble::new(Retrying, words)))
        }
        ActivityState::Idle if rows[latest].starts_with('■') => {
            if words.starts_with("Conversation interrupted") {
                return Some(Claim::certain(ended_by_person(&rows[..latest], words)));
            }
            // What else Codex has to complain of, a command that it does not know, is marked too.
            let kind = of_words(words);
            Some(Claim {
                trouble: Trouble::new(kind.unwrap_or(ApiError), words),
                is_certain: kind.is_some(),
            })
        }
        _ => None,
    }
}

/// The turn was interrupted at something that the person refused, or in the middle of its work.
fn ended_by_person(before: &[String], words: &str) -> Trouble {
    let mut turn = before.iter().rev().take_while(|row| !row.starts_with('›'));
    let refused = turn.find_map(|row| row.strip_prefix("✗ "));
    refused.map_or_else(
        || Trouble::new(Interrupted, words),
        |refused| Trouble::new(Rejected, refused),
    )
}

fn of_words(words: &str) -> Option<codepiper_model::TroubleKind> {
    const FAILED: [&str; 3] = [
        "unexpected status ",
        "exceeded retry limit",
        "stream disconnected before completion",
    ];
    if words.starts_with("You’ve hit your usage limit") {
        Some(UsageLimit)
    } else if words.starts_with("Codex ran out of room in the model's context window") {
        Some(ContextFull)
    } else if says_sign_in(words) {
        Some(SignInNeeded)
    } else {
        let failed = FAILED.iter().any(|failed| words.starts_with(failed));
        failed.then_some(ApiError)
    }
}

fn says_sign_in(words: &str) -> bool {
    words.starts_with("unexpected status 401 ")
        || words.starts_with("Your access token could not be refreshed")
}
