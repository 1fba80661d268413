use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Notifications {
    #[command(subcommand)]
    pub(crate) command: Option<NotificationsCommand>,
    #[command(flatten)]
    pub(crate) list: ListNotifications,
}

/// Which of them.
#[derive(Debug, Default, Args)]
pub(crate) struct ListNotifications {
    /// Of this session only: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Also those that were read.
    #[arg(long)]
    pub(crate) all: bool,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NotificationsCommand {
    /// List what nobody has read.
    List(ListNotifications),
    /// Note that they were read.
    Read {
        /// Their numbers; all by default.
        ids: Vec<i64>,
    },
}
