//! What a session's tmux server is started through: it becomes that server.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use crate::error::CliError;

/// Executes `command` in a terminal session of its own, as a subreaper: a process below it that
/// loses its parent becomes its child, not init's, whatever it did to its environment, so that
/// everything an agent starts stays below its session. A fork loses the duty and an execution
/// keeps it, so this must be the server's own process. tmux collects children it does not know.
pub(crate) fn run(command: &[OsString]) -> Result<ExitCode, CliError> {
    // It must not end with the daemon's terminal. Who leads a process group cannot, and need not.
    let _ = rustix::process::setsid();
    #[cfg(target_os = "linux")]
    {
        // Where the system refuses this, what is left behind is init's, as it is elsewhere.
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    }
    let Some((program, args)) = command.split_first() else {
        return Err(CliError::failed("no_program", "no program to execute"));
    };
    Err(Command::new(program).args(args).exec().into())
}
