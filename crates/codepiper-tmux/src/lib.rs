//! The only code that knows tmux: one server per session, spoken to in control mode.
//!
//! A [`Pane`] is one agent's terminal. Its server is started with our own configuration on a
//! socket of its own, so that a crash, a wedge or a leak costs one session. One control-mode
//! client per server carries output, input and commands; nothing is polled and no tmux process
//! is spawned while a session runs.
//!
//! Invariant: no domain types. This crate has never heard of sessions, providers or agents.

mod ansi;
mod binary;
mod client;
mod config;
mod control;
mod dialect;
mod error;
mod exit;
mod input;
mod keys;
mod link;
mod pane;
mod picture;
mod quote;
mod ring;
mod rows;
mod screen;
mod seed;
mod server;
mod start;

pub use binary::{MINIMUM_VERSION, Tmux, Version};
pub use config::{ConfigOptions, render_config};
pub use control::{ControlParser, Item, Reply};
pub use error::TmuxError;
pub use exit::PaneExit;
pub use input::Input;
pub use keys::{Key, UnknownKey};
pub use pane::{End, Pane, PaneOptions, Place};
pub use ring::{Chunk, Ring};
pub use screen::{Screen, ScreenView, Snapshot};
pub use server::{Presence, Server, Tag};
pub use start::Start;
