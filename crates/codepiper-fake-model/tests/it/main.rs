//! Round trips over HTTP, as an agent makes them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

mod client;
mod messages;
