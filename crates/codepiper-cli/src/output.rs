//! What people and programs get to see.

use std::io::{IsTerminal as _, Write};

use codepiper_model::{escape_unseen, is_unseen};
use serde::Serialize;

use crate::error::CliError;
use crate::shown::Shown;

/// Prints a line.
pub(crate) fn line(text: impl AsRef<str>) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", text.as_ref())?;
    Ok(out.flush()?)
}

/// Prints bytes as they are.
pub(crate) fn raw(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

/// Standard output for what agents wrote: where that is a terminal, nothing of it acts. Flush it at
/// the end.
pub(crate) fn document() -> Box<dyn Write> {
    let out = std::io::stdout().lock();
    if out.is_terminal() {
        Box::new(Shown::new(out))
    } else {
        Box::new(out)
    }
}

/// Prints a text that others wrote, as [`document`] has it.
pub(crate) fn text(text: &str) -> Result<(), CliError> {
    let mut out = document();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints a value as JSON on one line, which does nothing to a terminal.
pub(crate) fn json(value: &impl Serialize) -> Result<(), CliError> {
    line(escape_unseen(&serde_json::to_string(value)?))
}

/// Says something beside the result.
pub(crate) fn note(text: impl AsRef<str>) {
    let mut err = std::io::stderr().lock();
    drop(writeln!(err, "{}", text.as_ref()));
}

/// Asks something; the answer is typed behind it.
pub(crate) fn ask(question: &str) {
    let mut err = std::io::stderr().lock();
    drop(write!(err, "{question}").and_then(|()| err.flush()));
}

/// Says what went wrong, and the next step.
pub(crate) fn report(error: &CliError, as_json: bool) {
    let Some(body) = error.body() else { return };
    if as_json {
        note(escape_unseen(
            &serde_json::to_string(body).unwrap_or_default(),
        ));
        return;
    }
    let is_terminal = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (red, plain) = if is_terminal {
        ("\x1b[31m", "\x1b[m")
    } else {
        ("", "")
    };
    note(format!("{red}error:{plain} {}", body.error));
    if let Some(hint) = &body.hint {
        for line in hint.lines() {
            note(format!("  {line}"));
        }
    }
}

/// How wide the terminal is that standard output goes to.
pub(crate) fn columns() -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

/// How many rows it has.
pub(crate) fn rows() -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(size.ws_row).filter(|rows| *rows > 0)
}

/// Whether standard output goes to a terminal that can be drawn upon.
pub(crate) fn is_screen() -> bool {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
    std::io::stdout().is_terminal() && !is_dumb
}

/// Prints rows in columns as wide as they need to be.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Result<(), CliError> {
    let mut widths = head.map(|title| title.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let print = |cells: [&str; N]| {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let padding = width - cell.chars().count().min(width) + 2;
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', padding));
        }
        line(text.trim_end())
    };
    print(head)?;
    for row in rows {
        let row = row.each_ref().map(|cell| harmless(cell));
        print(row.each_ref().map(String::as_str))?;
    }
    Ok(())
}

/// A text that does nothing to the terminal or to the text around it: a directory may be called
/// anything.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if is_unseen(c) { '\u{fffd}' } else { c })
        .collect()
}
