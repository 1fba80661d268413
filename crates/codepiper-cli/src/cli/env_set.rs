use std::path::PathBuf;

use clap::{Args, Subcommand};

const SET_EXAMPLES: &str = "Examples:
  codepiper env-set set staging API_KEY               # asks, and shows nothing
  pass show staging/key | codepiper env-set set staging API_KEY
  codepiper env-set set staging API_KEY --from-env API_KEY";

#[derive(Debug, Args)]
pub(crate) struct EnvSet {
    #[command(subcommand)]
    pub(crate) command: EnvSetCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnvSetCommand {
    /// List the sets.
    #[command(visible_alias = "ls")]
    List,
    /// Show the names of a set's variables, or one value.
    #[command(visible_alias = "show")]
    Get {
        /// Its name, or the beginning of its id.
        set: String,
        /// Show the value of this variable.
        #[arg(long, value_name = "NAME")]
        reveal: Option<String>,
    },
    /// Make a set.
    #[command(visible_alias = "add")]
    Create {
        /// What to call it.
        name: String,
        /// What it is for.
        #[arg(long)]
        description: Option<String>,
        /// A variable in it, with the value it has here; may be given more than once.
        #[arg(long, value_name = "NAME")]
        from_env: Vec<String>,
    },
    /// Call a set otherwise, or say what it is for.
    Update {
        /// Its name, or the beginning of its id.
        set: String,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
        /// What it is for; an empty text takes that away.
        #[arg(long)]
        description: Option<String>,
    },
    /// Set a variable, and keep the others. The value is asked for, or read from standard input.
    #[command(after_help = SET_EXAMPLES)]
    Set {
        /// The set's name, or the beginning of its id.
        set: String,
        /// The variable.
        name: String,
        /// Take the value that this variable has here.
        #[arg(long, value_name = "NAME")]
        from_env: Option<String>,
    },
    /// Remove variables from a set.
    Unset {
        /// The set's name, or the beginning of its id.
        set: String,
        /// The variables.
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Set the variables of a `.env` file, and keep the others.
    Import {
        /// The set's name, or the beginning of its id.
        set: String,
        /// The file; `-` is standard input.
        file: PathBuf,
    },
    /// Remove a set.
    #[command(visible_alias = "rm")]
    Delete {
        /// Its name, or the beginning of its id.
        set: String,
    },
}
