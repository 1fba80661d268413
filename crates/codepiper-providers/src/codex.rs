//! Codex, the agent CLI of `OpenAI`. Seen: 0.169.0.
//!
//! Its conversation lives in an app-server, one for each session, to which both the terminal in
//! the pane and the daemon are connected: see [`Launch::app_server`] and [`rpc`]. Where there is
//! none, the terminal runs [alone](Launch::alone), and hooks and the screen have to do.

mod alone;
mod arguments;
mod command_line;
pub mod hooks;
mod installed;
mod launch;
mod line;
mod mode;
mod overrides;
mod patch;
mod provider;
mod rollout;
pub mod rpc;
pub mod screen;
mod shared;
mod successors;
mod tokens;
pub mod trouble;
mod trust;

use codepiper_model::Native;
use serde_json::Value;

pub use alone::Alone;
pub use hooks::{Hook, Setting};
pub use installed::hooks_on;
pub use launch::{API, Launch, Start};
pub use mode::Mode;
pub(crate) use provider::Codex;
pub(crate) use rollout::{latest, turn};
pub use shared::Shared;
pub use successors::Successors;
pub use tokens::Tokens;
pub use trust::{Listed, Trust};

use crate::provider::directory;
use crate::{Home, Support};

/// The program to look for.
pub const PROGRAM: &str = "codex";

/// The version that all this was seen with.
const SEEN: &str = "0.169.0";

/// How things are done through the app-server.
pub const SHARED: Support = Support {
    hooks: Native::Native,
    approvals: Native::Native,
    model_switch: Native::Native,
    transcript: Native::Native,
    interrupt: Native::Native,
    usage: Native::Native,
};

/// How things are done with a terminal that has no app-server.
pub const ALONE: Support = Support {
    hooks: Native::Native,
    approvals: Native::Native,
    model_switch: Native::None,
    transcript: Native::Native,
    interrupt: Native::Screen,
    usage: Native::None,
};

/// How things are done with a version that has no hooks.
pub const UNHEARD: Support = Support {
    hooks: Native::None,
    approvals: Native::Screen,
    model_switch: Native::None,
    transcript: Native::None,
    interrupt: Native::Screen,
    usage: Native::None,
};

/// Whether somebody is signed in.
pub fn signed_in(home: Home<'_>) -> bool {
    let account = directory(home, "CODEX_HOME", ".codex")
        .and_then(|dir| (home.file)(&dir.join("auth.json")))
        .and_then(|text| serde_json::from_str::<Value>(&text).ok());
    account.is_some_and(|account| {
        account["tokens"].is_object() || account["OPENAI_API_KEY"].is_string()
    })
}
