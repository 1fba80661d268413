use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The prompt; `-` reads it from standard input.
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: String,
    /// More words of it, joined with blanks.
    pub(crate) more: Vec<String>,
    /// A picture that goes before it: PNG, JPEG, GIF or WebP, at most 10 MiB. May be given more than
    /// once.
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Vec<std::path::PathBuf>,
    /// Wait until the turn is over and print the reply.
    #[arg(short, long)]
    pub(crate) wait: bool,
    /// Wait at most so many seconds.
    #[arg(long, value_name = "SECONDS", requires = "wait")]
    pub(crate) timeout: Option<f64>,
    /// Press Enter after it (the default).
    #[arg(short, long, conflicts_with = "no_newline")]
    pub(crate) newline: bool,
    /// Do not press Enter after it.
    #[arg(long)]
    pub(crate) no_newline: bool,
    /// A name for it: sent again with the same one, it does not arrive twice.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Type it although the agent works, instead of letting it wait for its turn.
    #[arg(long)]
    pub(crate) steer: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The keys: one character each, or a name such as `enter`, `escape`, `ctrl+c`, `shift+tab`.
    #[arg(required = true)]
    pub(crate) keys: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Slash {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The command and its arguments, with or without the slash.
    #[arg(required = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Prompts {
    /// The session: the beginning of its id, or its name.
    #[arg(required = true)]
    pub(crate) session: Option<String>,
    /// Also what is over: the latest so many.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) latest: Option<u16>,
    #[command(subcommand)]
    pub(crate) command: Option<PromptsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PromptsCommand {
    /// Change a prompt that waits.
    Edit(EditPrompt),
    /// Take back a prompt that waits, or all of them.
    Cancel(CancelPrompt),
}

#[derive(Debug, Args)]
pub(crate) struct EditPrompt {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The prompt: the beginning of its id.
    pub(crate) prompt: String,
    /// The text it has from now on.
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct CancelPrompt {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The prompt: the beginning of its id.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) prompt: Option<String>,
    /// All that wait.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Model {
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
    /// The model, by the agent's name for it.
    pub(crate) model: Option<String>,
}
