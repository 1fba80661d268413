//! What went wrong with a turn of Claude Code, as its hooks, its transcript and its screen tell it.

use codepiper_model::TroubleKind::{
    ApiError, ContextFull, Interrupted, Retrying, SignInNeeded, UsageLimit,
};
use codepiper_model::{ActivityState, Trouble, TroubleKind};

use super::{MARKERS, is_spinner};
use crate::{Claim, Reading, ScreenText, prompt_box};

/// What its own words for an error begin with.
const WORDS: [(&str, TroubleKind); 8] = [
    ("API Error", ApiError),
    ("Please run /login", SignInNeeded),
    ("Not logged in", SignInNeeded),
    ("Invalid API key", SignInNeeded),
    ("You've hit your", UsageLimit),
    ("Context limit reached", ContextFull),
    ("Prompt is too long", ContextFull),
    ("Interrupted · What should Claude do", Interrupted),
];

/// A turn that ended with an error: its word for it (`error`), and what it said.
pub(crate) fn of_error(error: Option<&str>, words: &str) -> Trouble {
    let said = of_words(words);
    let kind = match error {
        Some("authentication_failed" | "oauth_org_not_allowed") => SignInNeeded,
        Some("billing_error") => UsageLimit,
        // A key may be asked to slow down; a subscription is used up.
        _ => said.unwrap_or(ApiError),
    };
    Trouble::new(kind, words)
}

/// What a screen says. The words of an error look like a reply, and where a reply has the words of
/// an error it is drawn like one.
pub(super) fn read(screen: ScreenText<'_>, reading: Reading) -> Option<Claim> {
    if reading.kind == "usage_limit" {
        let words = screen.lines.iter().rev().find_map(|line| answer(line));
        let words = words.filter(|words| of_words(words) == Some(UsageLimit));
        return Some(Claim::certain(Trouble::new(
            UsageLimit,
            words.unwrap_or_default(),
        )));
    }
    let found = prompt_box::find(screen, &MARKERS)?;
    let conversation = &screen.lines[..found.top];
    match reading.state {
        ActivityState::Working => {
            let rows = conversation.iter().rev().filter(|line| !line.is_empty());
            let retries = |line: &&String| is_spinner(line) && line.contains(" · Retrying in ");
            let row = rows.take(4).find(retries)?;
            let words = row.trim_start_matches(|c: char| !c.is_alphabetic());
            Some(Claim::certain(Trouble::new(Retrying, words)))
        }
        ActivityState::Idle => {
            below(&screen.lines[found.bottom..]).or_else(|| latest(conversation))
        }
        _ => None,
    }
}

/// The rows under the box.
fn below(rows: &[String]) -> Option<Claim> {
    const SIGNED_OUT: &str = "Not logged in · Run /login";
    let is_said = rows.iter().any(|row| row.contains(SIGNED_OUT));
    is_said.then(|| Claim::certain(Trouble::new(SignInNeeded, SIGNED_OUT)))
}

/// The last thing that was said in a conversation.
fn latest(conversation: &[String]) -> Option<Claim> {
    let start = conversation
        .iter()
        .rposition(|line| line.starts_with(MARKERS) || answer(line).is_some())?;
    let first = answer(&conversation[start])?;
    let kind = of_words(first)?;
    let rest = conversation[start + 1..].iter();
    let rest = rest.take_while(|line| !line.is_empty() && !is_spinner(line));
    let words = rest.fold(first.to_owned(), |words, line| words + " " + line);
    Some(Claim {
        trouble: Trouble::new(kind, &words),
        is_certain: false,
    })
}

/// What stands behind the mark of a row that begins an answer.
fn answer(line: &str) -> Option<&str> {
    let text = line.strip_prefix("● ").or(line.strip_prefix("  ⎿ "))?;
    Some(text.trim_start_matches([' ', '\u{a0}']))
}

fn of_words(words: &str) -> Option<TroubleKind> {
    let known = WORDS.iter().find(|(known, _)| words.starts_with(known));
    known.map(|(_, kind)| *kind)
}
