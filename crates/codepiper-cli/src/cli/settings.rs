use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Settings {
    #[command(subcommand)]
    pub(crate) command: Option<SettingsCommand>,
    /// The setting; all by default.
    pub(crate) name: Option<String>,
    /// What it becomes; `null` takes it away, where it may be absent.
    #[arg(requires = "name")]
    pub(crate) value: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// List all settings, and where each value comes from.
    #[command(visible_alias = "ls")]
    List,
    /// Show what a setting is.
    Get {
        /// The setting.
        name: String,
    },
    /// Change a setting.
    Set {
        /// The setting.
        name: String,
        /// What it becomes; `null` takes it away, where it may be absent.
        value: String,
    },
    /// Take back what was said: `config.toml` counts again, or the default.
    Unset {
        /// The setting.
        name: String,
    },
    /// Say what a setting is for, what it may be, and who may say it.
    Explain {
        /// The setting; all by default.
        name: Option<String>,
    },
}
