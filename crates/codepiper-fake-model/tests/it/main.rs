//! Round trips over HTTP, as an agent makes them, and by the real Codex.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on shall fail"
)]

mod client;
mod codex;
mod messages;
mod responses;
