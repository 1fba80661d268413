//! Codex through its app-server: one for each session, in a second window of its tmux server,
//! which the terminal in the first one and the daemon share.

mod alone;
mod app_server;
mod asked;
mod connection;
mod desk;
mod follow;
mod leftover;
mod request;
mod start;
mod threads;
mod turns;
mod waiting;

pub(crate) use alone::{check_hooks, rollout};
pub(crate) use app_server::AppServer;
pub(crate) use connection::ConnectionError;
pub(crate) use follow::follow_all;
pub(crate) use start::{Place, remove_files, start};
pub(crate) use waiting::{is_waiting, let_begin, make_waiting};
