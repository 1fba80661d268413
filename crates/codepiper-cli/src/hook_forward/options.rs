use std::ffi::OsString;
use std::path::PathBuf;

/// How the forwarder was asked to work.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Where an event waits that the daemon did not hear.
    #[arg(long, value_name = "DIR")]
    pub(super) spool: Option<PathBuf>,
    /// The event that the hook is for, where its payload does not tell.
    #[arg(long, value_name = "NAME")]
    pub(super) event: Option<String>,
    /// The agent that runs the hook: `claude` or `codex`.
    #[arg(long, value_name = "NAME")]
    pub(super) agent: Option<String>,
    /// Block a tool call about which no decision could be got.
    #[arg(long)]
    pub(super) fail_closed: bool,
}

impl Options {
    /// The path that reports go to.
    pub(super) fn path(&self) -> &'static str {
        if self.holds() {
            "/hooks/codex"
        } else {
            "/hooks/claude"
        }
    }

    /// Whether the hook before a tool call may be held open for a person: Codex would run the call
    /// as soon as that hook had nothing to say.
    pub(super) fn holds(&self) -> bool {
        self.agent.as_deref() == Some("codex")
    }

    /// Reads the arguments and never refuses: an agent started by another version of the program
    /// may give some that this one does not know, and a usage error would block every tool call.
    pub(super) fn lenient(args: impl Iterator<Item = OsString>) -> Self {
        let mut options = Self::default();
        let mut args = args;
        while let Some(arg) = args.next() {
            match arg.to_str() {
                Some("--spool") => options.spool = args.next().map(PathBuf::from),
                Some("--event") => options.event = args.next().and_then(|v| v.into_string().ok()),
                Some("--agent") => options.agent = args.next().and_then(|v| v.into_string().ok()),
                Some("--fail-closed") => options.fail_closed = true,
                _ => {}
            }
        }
        options
    }
}
