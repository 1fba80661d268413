use clap::{Args, Subcommand};

use super::daemon::WebFlags;

#[derive(Debug, Args)]
pub(crate) struct Service {
    #[command(subcommand)]
    pub(crate) command: ServiceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Start the daemon now, and whenever this user's services start.
    Install {
        #[command(flatten)]
        web: WebFlags,
    },
    /// End that; sessions live on.
    Uninstall,
    /// Say whether it is installed, and whether it runs.
    Status,
}
