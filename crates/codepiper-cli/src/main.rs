//! The `codepiper` program: the command line, and behind `codepiper daemon` the daemon.

mod agent_exec;
mod cli;
mod commands;
mod daemon_process;
mod error;
mod output;
mod place;
mod reaper_exec;
mod resolve;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::error::CliError;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    match commands::run(cli) {
        Ok(code) => code,
        Err(CliError::OutputClosed) => ExitCode::SUCCESS,
        Err(error) => {
            output::report(&error, json);
            error.exit_code()
        }
    }
}
