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
    /// Tell nobody of a session any more.
    Mute {
        /// The session: the beginning of its id, or its name.
        session: String,
    },
    /// Tell of it again, as of all others.
    Unmute {
        /// The session: the beginning of its id, or its name.
        session: String,
    },
    /// Show what was sent where: to browsers, and to the web hook.
    Deliveries {
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Show what is told, and where, or change that.
    #[command(after_help = SETTINGS_EXAMPLES)]
    Settings(NotificationSettings),
    /// Send every browser that is told a message.
    Test,
}

const SETTINGS_EXAMPLES: &str = "Examples:
  codepiper notifications settings --off turn_done.push
  pass show hook | codepiper notifications settings --webhook https://hooks.example/codepiper";

/// What is to be changed.
#[derive(Debug, Args)]
pub(crate) struct NotificationSettings {
    /// Tell this kind there, as in `turn_done.push`: `inbox`, `push` or `webhook`.
    #[arg(long, value_name = "KIND.CHANNEL")]
    pub(crate) on: Vec<String>,
    /// Tell it there no more.
    #[arg(long, value_name = "KIND.CHANNEL")]
    pub(crate) off: Vec<String>,
    /// Post everything there too. The secret that it is signed with is asked for, or read from standard input.
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// Post nothing there any more.
    #[arg(long, conflicts_with = "webhook")]
    pub(crate) no_webhook: bool,
    /// Where push services can complain, a `mailto:` or `https:` URL; an empty text takes that away.
    #[arg(long, value_name = "URL")]
    pub(crate) push_contact: Option<String>,
}
