use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::cli::{Cli, Completions};
use crate::error::CliError;
use crate::output;

pub(super) fn run(args: &Completions) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "codepiper", &mut script);
    output::raw(&script)?;
    Ok(ExitCode::SUCCESS)
}
