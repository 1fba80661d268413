//! `codepiper hook-forward`: the program that agents' hooks call. It reads the hook's payload,
//! posts it to the daemon, prints what the daemon says and ends as the daemon says.
//!
//! An agent waits for it at every tool call, so there is no async runtime here, no argument
//! parser and no thread. Whatever goes wrong on the way to the daemon, it ends with 0 and prints
//! nothing, and the agent goes on as if there were no hook; or with 2, which blocks a tool call,
//! where that is wanted. What the daemon never heard waits for it in the spool. A tool call that
//! nobody could judge, because it is too large or cannot be read, is denied.

mod answer;
mod delivery;
mod exchange;
mod options;
mod patience;
mod payload;
mod place;
mod spool;
mod wire;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use codepiper_model::{Clock as _, SystemClock};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use self::answer::Answer;
pub(crate) use self::delivery::tell_once;
use self::delivery::{Delivery, Outcome};
pub(crate) use self::options::Options;
use self::payload::{Payload, Unusable};
use self::place::Place;
use self::spool::Fallback;
use crate::output;

/// The command's name.
pub(crate) const NAME: &str = "hook-forward";

/// Does the command's work if it is the one that is asked for, and not for its help.
pub(crate) fn intercept() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1).peekable();
    if args.next()? != NAME
        || args
            .peek()
            .is_some_and(|arg| arg == "--help" || arg == "-h")
    {
        return None;
    }
    Some(run(&Options::lenient(args)))
}

/// Forwards one event.
pub(crate) fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    let at = SystemClock.now();
    end_silently_when_told();
    let payload = match Payload::read(options.event.as_deref()) {
        Ok(payload) => payload,
        Err(Unusable::TooLarge { event }) => return too_large(event.as_deref().unwrap_or("?")),
        Err(Unusable::Unreadable(why)) => return unreadable(options, &why),
    };
    let may_block = options.fail_closed && payload.event == PRE_TOOL_USE;
    let fallback = if may_block {
        Fallback::Blocked
    } else {
        Fallback::None
    };
    let outcome = Place::from_environment().map_or_else(Outcome::Nothing, |place| {
        Delivery::new(&payload, &place, at, options, fallback).run(started)
    });
    match outcome {
        Outcome::Answer(answer) => answer.give(&payload.event),
        Outcome::TooLarge => too_large(&payload.event),
        Outcome::Nothing(why) if may_block => blocked(&why),
        Outcome::Nothing(why) => {
            note(&why);
            ExitCode::SUCCESS
        }
    }
}

/// The event that comes before every tool call.
const PRE_TOOL_USE: &str = "PreToolUse";
/// The event that comes when the agent would ask a person.
const PERMISSION_REQUEST: &str = "PermissionRequest";

/// Agents end a hook with SIGTERM when its answer is no longer wanted: no news is right then, and
/// death by a signal would look like a failure.
fn end_silently_when_told() {
    let always = Arc::new(AtomicBool::new(true));
    for signal in [SIGTERM, SIGINT, SIGHUP] {
        let handled = signal_hook::flag::register_conditional_shutdown(signal, 0, always.clone());
        if let Err(error) = handled {
            note(&format!("signal {signal} cannot be handled: {error}"));
        }
    }
}

/// A call too large to be judged must not run unjudged.
fn too_large(event: &str) -> ExitCode {
    if event == PRE_TOOL_USE {
        return Answer::deny("the tool call is larger than 64 MiB, which CodePiper does not judge")
            .give(event);
    }
    note(&format!(
        "the event `{event}` is larger than 64 MiB and was not delivered"
    ));
    ExitCode::SUCCESS
}

/// A call that cannot be read could be anything. Nothing else is held up for that.
fn unreadable(options: &Options, why: &str) -> ExitCode {
    if options.event.as_deref() != Some(PRE_TOOL_USE) {
        note(why);
        return ExitCode::SUCCESS;
    }
    if options.fail_closed {
        return blocked(why);
    }
    let reason = format!("the tool call cannot be read, so it cannot be judged: {why}");
    Answer::deny(&reason).give(PRE_TOOL_USE)
}

/// Blocks a tool call the way that needs no words.
fn blocked(why: &str) -> ExitCode {
    output::note(format!(
        "CodePiper could not decide on this tool call, so it is blocked: {why}"
    ));
    ExitCode::from(2)
}

fn note(why: &str) {
    output::note(format!("codepiper {NAME}: {why}"));
}
