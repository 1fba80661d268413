use clap::{Args, Subcommand};

const READY_EXAMPLE: &str = "Examples:
  codepiper policy-set ready balanced | codepiper policy test -
  codepiper policy-set ready balanced --apply
  codepiper policy-set update balanced --default
  codepiper policy-set ready cautious > mine.yaml";

#[derive(Debug, Args)]
pub(crate) struct PolicySet {
    #[command(subcommand)]
    pub(crate) command: PolicySetCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicySetCommand {
    /// List the sets, of one session or all.
    #[command(visible_alias = "ls")]
    List {
        /// Those that this session has: the beginning of its id, or its name.
        #[arg(long)]
        session: Option<String>,
    },
    /// Show one set with its policies.
    #[command(visible_alias = "show")]
    Get(OneSet),
    /// Make a set.
    #[command(
        visible_alias = "add",
        after_help = "Example:\n  codepiper policy-set create --name careful --policy no-push --default"
    )]
    Create {
        /// Its id; one is found when there is none.
        #[arg(long)]
        id: Option<String>,
        /// What to call it.
        #[arg(long)]
        name: String,
        /// What it is for.
        #[arg(long)]
        description: Option<String>,
        /// Give it to every new session.
        #[arg(long)]
        default: bool,
        /// A policy to put into it, by its id; may be given more than once.
        #[arg(long = "policy", value_name = "POLICY")]
        policies: Vec<String>,
    },
    /// Change a set.
    Update {
        /// The set's id.
        id: String,
        /// What to call it.
        #[arg(long)]
        name: Option<String>,
        /// What it is for; a blank text takes that away.
        #[arg(long)]
        description: Option<String>,
        /// Whether it is given to every new session.
        #[arg(long, num_args = 0..=1, default_missing_value = "true")]
        default: Option<bool>,
    },
    /// Remove a set; its policies stay.
    #[command(visible_alias = "rm")]
    Delete(OneSet),
    /// Put a policy into a set: from then on it counts only where the set is given.
    AddPolicy(Member),
    /// Take a policy out of a set.
    RemovePolicy(Member),
    /// Give a set to a session; it counts from the next decision on.
    Apply(Gift),
    /// Take a set from a session; it counts no more from the next decision on.
    Remove(Gift),
    /// List the ready sets, print one as YAML, or make it.
    #[command(after_help = READY_EXAMPLE)]
    Ready {
        /// Print this one.
        name: Option<String>,
        /// Make its policies and its set, or bring them up to date.
        #[arg(long, requires = "name")]
        apply: bool,
        /// Only say what `--apply` would change.
        #[arg(long, requires = "apply")]
        dry_run: bool,
    },
}

/// A set.
#[derive(Debug, Args)]
pub(crate) struct OneSet {
    /// The set's id.
    pub(crate) id: String,
}

/// A set and a policy.
#[derive(Debug, Args)]
pub(crate) struct Member {
    /// The set's id.
    pub(crate) set: String,
    /// The policy's id.
    pub(crate) policy: String,
}

/// A set and a session.
#[derive(Debug, Args)]
pub(crate) struct Gift {
    /// The set's id.
    pub(crate) set: String,
    /// The session: the beginning of its id, or its name.
    pub(crate) session: String,
}
