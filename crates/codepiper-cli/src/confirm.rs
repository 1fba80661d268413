//! Asking a person before something is lost.

use std::io::{BufRead as _, IsTerminal as _};

use crate::error::CliError;
use crate::output;

/// Returns when the person at the terminal agrees. Nobody is asked for who said `--yes`, and without
/// a terminal nobody can be.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let message = format!("{question} There is no terminal to ask on: say `--yes` if so");
        return Err(CliError::usage(message));
    }
    output::ask(&format!("{question} [y/N] "));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    Err(CliError::failed("not_confirmed", "nothing was removed"))
}
