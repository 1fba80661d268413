//! Codex through its app-server: one for each session, in a second window of its tmux server,
//! which the terminal in the first one and the daemon share.

mod alone;
mod connection;
mod follow;
mod request;
mod start;
mod waiting;

pub(crate) use alone::{check_hooks, rollout};
pub(crate) use follow::follow_all;
pub(crate) use start::{Place, remove_files, start};
pub(crate) use waiting::{is_waiting, let_begin, make_waiting};
