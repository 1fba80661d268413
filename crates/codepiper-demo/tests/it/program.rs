//! The demo agent as a program of its own, for the integration tests.
//! People get it as `codepiper demo-agent`.

use std::io::Write as _;
use std::process::ExitCode;

use codepiper_demo::DemoArgs;

fn main() -> ExitCode {
    match DemoArgs::parse(std::env::args_os().skip(1)) {
        Ok(args) => codepiper_demo::run(args),
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            writeln!(std::io::stderr(), "Error: {error}").ok();
            ExitCode::from(2)
        }
    }
}
