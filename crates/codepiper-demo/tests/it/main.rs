//! The demo agent, driven in a real tmux as a daemon drives it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure is how a test speaks"
)]
mod demo;
mod hooks;
mod support;
