//! Workflows as people write them, against a world that is told what to answer.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure is how a test speaks"
)]

mod document;
mod existing;
mod invalid;
mod properties;
mod ready;
mod running;
mod schema;
mod world;
