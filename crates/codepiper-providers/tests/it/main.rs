//! The providers against recordings of the real programs.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure is how a test speaks"
)]

mod claude_screens;
mod codex;
mod codex_screens;
mod conversations;
mod fidelity;
mod launch;
mod recording;
