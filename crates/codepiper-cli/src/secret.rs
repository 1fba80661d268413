//! Asking for what nobody else may see.

use std::io::BufRead as _;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::error::CliError;
use crate::output;

/// A terminal that does not show what is typed, for as long as this lives.
struct Silence(Termios);

impl Silence {
    fn begin() -> std::io::Result<Self> {
        let before = tcgetattr(std::io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.0);
    }
}

/// Asks at the terminal, and does not show the answer.
pub(crate) fn ask(question: &str) -> Result<String, CliError> {
    output::ask(question);
    let silence = Silence::begin()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    drop(silence);
    output::note("");
    Ok(answer.trim_end_matches(['\r', '\n']).to_owned())
}
