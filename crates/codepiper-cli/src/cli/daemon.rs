use std::net::{IpAddr, SocketAddr};

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Daemon {
    #[command(subcommand)]
    pub(crate) command: Option<DaemonCommand>,
    #[command(flatten)]
    pub(crate) run: DaemonRun,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DaemonRun {
    /// Go to the background; the log goes to a file.
    #[arg(long)]
    pub(crate) detach: bool,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    #[command(flatten)]
    pub(crate) web: WebFlags,
    /// Leave the terminal's session (set by `--detach` for the process it starts).
    #[arg(long, hide = true)]
    pub(crate) detached: bool,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct WebFlags {
    /// Serve the dashboard too.
    #[arg(long)]
    pub(crate) web: bool,
    /// The dashboard's port [default: 3000, or `CODEPIPER_HTTP_PORT`].
    #[arg(long, requires = "web")]
    pub(crate) port: Option<u16>,
    /// Another address to serve the dashboard on than 127.0.0.1; give it again for several.
    #[arg(long, requires = "web", value_name = "ADDRESS")]
    pub(crate) listen: Vec<IpAddr>,
    /// Go without the dashboard where its port is taken (set by `up`).
    #[arg(long, requires = "web", hide = true)]
    pub(crate) if_free: bool,
}

impl WebFlags {
    /// The flags that say the same.
    pub(crate) fn args(&self) -> Vec<String> {
        if !self.web {
            return Vec::new();
        }
        let mut args = vec!["--web".to_owned()];
        args.extend(self.port.map(|port| format!("--port={port}")));
        args.extend(
            self.listen
                .iter()
                .map(|address| format!("--listen={address}")),
        );
        if self.if_free {
            args.push("--if-free".to_owned());
        }
        args
    }

    /// What a daemon serves that says of itself that it serves there.
    pub(crate) fn of(addresses: &[SocketAddr]) -> Self {
        Self {
            web: !addresses.is_empty(),
            port: addresses.first().map(SocketAddr::port),
            listen: addresses.iter().map(SocketAddr::ip).collect(),
            if_free: false,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DaemonCommand {
    /// Run the daemon.
    Start(DaemonRun),
    /// Stop it; sessions live on.
    Stop,
    /// Say whether it runs.
    Status,
    /// Show its log.
    Logs {
        /// So many lines.
        #[arg(short = 'n', long, default_value_t = 50)]
        lines: usize,
    },
    /// Stop it and start it again in the background, with the dashboard where it had it; sessions
    /// live on.
    Restart,
}
