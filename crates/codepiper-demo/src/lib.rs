//! The CodePiper demo agent: a small scripted terminal agent for people without an account.
//!
//! It behaves like a real agent CLI where that matters to a program that drives it in tmux: the
//! main screen with scrollback, raw mode, bracketed paste, a window title that tells working from
//! idle, numbered permission dialogs, a queue, and a transcript in Claude's JSONL. What it *says*
//! is scripted by the prompt, one directive a line, played in order:
//!
//! | line | does |
//! | --- | --- |
//! | `SAY: text` | prints the text |
//! | `RUN: command` | asks permission, then really runs it with `sh -c` |
//! | `WRITE: path` | asks permission, then really writes a small file |
//! | `ASK: question` | asks a question with two options and a text field |
//! | `QUOTE: path` | says what a file says, if it is one of at most 64 KiB |
//! | `SLOW: milliseconds` | works that long |
//! | `FAIL` | ends the turn like an API error |
//! | `EXIT: code` | exits with that code at once |
//!
//! A prompt without any directive gets a short reply that quotes its first line. Beside
//! directives, other lines are remarks to the reader and are ignored. `!command` at the start of a
//! typed prompt runs a shell without asking, `/help`, `/clear` and `/exit` are commands.
//!
//! **Invariant: nothing is pretended.** The screen names the demo agent wherever it speaks, and
//! `RUN` and `WRITE` do what they say. Hooks of a settings file run as in Claude Code (see `fire`),
//! so that policies can be tried without an account. Deliberately absent: a model, the network,
//! async.

mod agent;
mod answer;
mod args;
mod block;
mod command;
mod dialog;
mod events;
mod fire;
mod hook;
mod hooks;
mod input;
mod line;
mod permission;
mod prompt;
mod screen;
mod script;
mod shell;
mod signals;
mod stamp;
mod terminal;
mod text;
mod tool;
mod tools;
mod transcript;
mod turn;
mod underway;
mod verdict;
mod view;

use std::io::Write as _;
use std::process::ExitCode;

pub use args::{ArgsError, DemoArgs};

/// Runs the demo agent on the terminal at standard input and output until it is told to exit.
///
/// The exit code is 0 when a person or `/exit` ended it, the script's own after `EXIT: code`,
/// 128 + n after signal n (a closed terminal counts as SIGHUP), and 1 when it could not start.
pub fn run(args: DemoArgs) -> ExitCode {
    match agent::Agent::start(args) {
        Ok(agent) => ExitCode::from(agent.run().code()),
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            writeln!(std::io::stderr(), "Error: {error}").ok();
            ExitCode::FAILURE
        }
    }
}
