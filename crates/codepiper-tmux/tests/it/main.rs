//! Against a real tmux, on sockets of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::match_wild_err_arm,
    reason = "a failure is how a test speaks"
)]
mod input;
mod launcher;
mod lifecycle;
mod screen;
mod support;
