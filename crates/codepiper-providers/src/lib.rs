//! What CodePiper knows of each agent CLI, one file per agent: how to launch it, how to read its
//! screen, what its transcript says.
//!
//! Invariant: values in, values out. Nothing here starts a process, opens a file or has heard of
//! tmux, so everything is tested from recordings of the real programs.

mod claude;
pub mod codex;
mod demo;
mod dialog;
mod hook;
mod installed;
mod line;
mod model_switch;
mod option;
mod prompt_box;
mod provider;
mod reading;
mod transcript;
mod trouble;

use codepiper_model::ProviderId;

pub use hook::{HookAnswer, HookCall, HookCommand, HookFact, HookReading};
pub use installed::Installed;
pub use line::{Malformed, ReaderState};
pub use model_switch::ModelSwitch;
pub use provider::{
    Conversation, Home, LaunchHints, LaunchRequest, Provider, Refusal, Support, TranscriptPlace,
};
pub use reading::{Reading, ScreenText};
pub use transcript::{LatestTurn, Turn, latest_turn, turn_of};
pub use trouble::Claim;

/// The agent of that name.
pub fn provider(id: ProviderId) -> &'static dyn Provider {
    match id {
        ProviderId::ClaudeCode => &claude::ClaudeCode,
        ProviderId::Codex => &codex::Codex,
        ProviderId::Demo => &demo::Demo,
    }
}
