//! The first program in a session's pane: it becomes the agent.

use std::convert::Infallible;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use codepiper_model::AgentSpec;

use crate::error::CliError;

/// What a shell answers when a program cannot be found.
const NOT_FOUND: u8 = 127;

/// Reads the launch file and executes what it says. tmux cannot be given the arguments: it
/// refuses commands past about 16 KB and hands single words to a shell.
pub(crate) fn run(spec: &Path) -> Result<ExitCode, CliError> {
    let text = fs_err::read(spec)?;
    let spec: AgentSpec = serde_json::from_slice(&text)?;
    let Err(error) = execute(&spec);
    // The daemon finds the reason here; the terminal is for whoever is attached.
    let why = format!(
        "cannot run `{}`: {error}",
        spec.argv.first().map_or("", String::as_str)
    );
    write_private(&spec.failure_file, &why)?;
    crate::output::note(format!("codepiper: {why}"));
    Ok(ExitCode::from(NOT_FOUND))
}

fn execute(spec: &AgentSpec) -> Result<Infallible, std::io::Error> {
    let Some((program, args)) = spec.argv.split_first() else {
        return Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "no program",
        ));
    };
    Err(Command::new(program)
        .args(args)
        .current_dir(&spec.cwd)
        .exec())
}

fn write_private(path: &Path, text: &str) -> Result<(), CliError> {
    use std::io::Write as _;

    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    Ok(options.open(path)?.write_all(text.as_bytes())?)
}
