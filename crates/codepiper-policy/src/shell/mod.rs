//! A shell line as the simple commands in it.
//!
//! The structure is read by `brush-parser`; words, and what is run by the programs that run
//! others, are read here. Everything that leads to a doubt about what a shell would do makes a
//! command *computed*: it can be denied and never be allowed.

mod command;
mod doubt;
mod ends;
mod grammar;
mod guess;
mod launch;
mod reader;
mod rough;
mod said;
mod script;
mod variables;
mod word;
mod wrapper;

pub(crate) use command::{Command, Redirect};
pub(crate) use said::speaks;
pub(crate) use word::{HOME, MANY, ONE, Word};
pub(crate) use wrapper::git_option_takes_value;

/// A line that was read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// Every simple command, wrappers and what they run included, and every redirection to a file
    /// as a command of its own.
    pub(crate) commands: Vec<Command>,
    /// Why nothing in it may be allowed by a rule for commands: part of it cannot be read, or it
    /// changes what the names in it mean.
    pub(crate) doubt: Option<&'static str>,
    /// Where `cd` may have gone: literal targets in their order; none where that is not known.
    pub(crate) directories: Option<Vec<Word>>,
}

/// Reads a line. What cannot be parsed is taken apart roughly, for those rules that deny.
pub(crate) fn read(text: &str) -> Line {
    reader::read(text)
}

/// Reads a program with its arguments, as a tool runs it without a shell.
pub(crate) fn read_argv(argv: &[&str]) -> Line {
    reader::read_argv(argv)
}
