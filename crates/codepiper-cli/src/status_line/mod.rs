//! `codepiper status-line`: the program that draws Claude Code's status line, where the setting
//! `statusLine` is on. It tells the daemon what the agent tells it, and draws what the person's own
//! status line draws; where there is none, the daemon's words.
//!
//! The agent draws without waiting, and so do we: whatever goes wrong, it ends in good time and with
//! nothing of ours on the line.

mod chained;
mod settings;

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;

use self::chained::Chained;
use crate::hook_forward::tell_once;

/// The command's name.
const NAME: &str = "status-line";

/// The event, as the daemon knows it.
const EVENT: &str = "StatusLine";

/// More than any agent tells its status line.
const LARGEST: u64 = 1 << 20;

/// How long the daemon has to answer, and how long the person's own command to draw.
const DAEMON_MAX: Duration = Duration::from_millis(500);
const COMMAND_MAX: Duration = Duration::from_secs(5);

/// Does the command's work if it is the one that is asked for, and not for its help.
pub(crate) fn intercept() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    let is_asked_for = args.next()? == NAME && args.next().is_none();
    is_asked_for.then(run)
}

/// Draws the status line once.
pub(crate) fn run() -> ExitCode {
    let started = Instant::now();
    let mut told = Vec::new();
    let read = io::stdin().lock().take(LARGEST).read_to_end(&mut told);
    let Ok(told) = read.and_then(|_| String::from_utf8(told).map_err(io::Error::other)) else {
        return ExitCode::SUCCESS;
    };
    // The slower one first; the daemon is told meanwhile.
    let own = settings::own_command(&told);
    let chained = own.as_deref().and_then(|own| Chained::start(own, &told));
    let words = RawValue::from_string(told)
        .ok()
        .and_then(|told| tell_once(EVENT, &told, started + DAEMON_MAX));
    if let Some(chained) = chained {
        return chained.finish(started + COMMAND_MAX);
    }
    if own.is_none()
        && let Some(words) = words
    {
        // Where nobody reads, there is nobody to tell either.
        drop(io::stdout().lock().write_all(words.as_bytes()));
    }
    ExitCode::SUCCESS
}
