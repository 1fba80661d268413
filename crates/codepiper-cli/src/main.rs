//! The `codepiper` program: the command line, and behind `codepiper daemon` the daemon.

mod agent_exec;
mod cli;
mod commands;
mod confirm;
mod daemon_process;
mod error;
mod hook_forward;
mod moment;
mod output;
mod place;
mod reaper_exec;
mod resolve;
mod secret;
mod session_names;
mod shown;
mod status_line;
mod tool_line;
mod url;
mod usage_line;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::error::CliError;

fn main() -> ExitCode {
    // Before everything else: an agent waits for these at every tool call, and whenever it draws.
    if let Some(code) = hook_forward::intercept().or_else(status_line::intercept) {
        return code;
    }
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
