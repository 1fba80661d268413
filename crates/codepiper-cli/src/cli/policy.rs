use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use codepiper_model::{Timestamp, Verdict};

use crate::moment::moment;

/// Short lines: one that the help breaks anew could not be pasted.
const CREATE_EXAMPLE: &str = r#"Example:
  codepiper policy create --id no-push --name 'No pushing' --rules '[{
    "id": "no-push", "action": "deny", "tool": "Bash",
    "args": {"command": "*git push*"},
    "reason": "pushing is for people"}]'

A rule says `allow`, `deny` or `ask` to the tool calls that match everything it names: `tool`,
`args`, `cwd`, `session`, each one pattern (`*`, `?`, `[a-z]`, `{a,b}`) or a list of them. Of all
rules that match, the strictest decides."#;

const UPDATE_EXAMPLE: &str = "Example:
  codepiper policy update no-push --description 'until Monday' --enabled true";

const CHECK_EXAMPLE: &str = r#"Examples:
  codepiper policy check 'git push origin main'
  codepiper policy check --tool Write --input '{"file_path": "/etc/hosts"}'
  codepiper policy check 'git push' --rules '{"id": "no-push",
    "action": "deny", "tool": "Bash", "args": {"command": "*git push*"}}'"#;

const APPLY_EXAMPLE: &str = "Examples:
  codepiper policy export --all > policies.yaml
  codepiper policy apply policies.yaml --dry-run
  codepiper policy apply - < policies.yaml

A file is one policy (`id`, `name`, `rules`), or it has lists of `policies` and `sets`.
What it does not name stays as it is.";

const EXPORT_EXAMPLE: &str = "Examples:
  codepiper policy export --all > policies.yaml
  codepiper policy export no-push";

const TEST_EXAMPLE: &str = "Examples:
  codepiper policy export --all > policies.yaml
  codepiper policy test policies.yaml --since 7d
  codepiper policy-set ready balanced | codepiper policy test -

The file is asked by itself, each of its policies for every session. A time is an age
(`90m`, `12h`, `7d`, `2w`) or as in `2026-11-23T10:00:00Z`.";

#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// List the policies.
    #[command(
        visible_alias = "ls",
        after_help = "Example:\n  codepiper policy list --enabled true"
    )]
    List(ListPolicies),
    /// Show one policy with its rules.
    #[command(
        visible_alias = "show",
        after_help = "Example:\n  codepiper policy get no-push"
    )]
    Get(OnePolicy),
    /// Make a policy.
    #[command(visible_alias = "add", after_help = CREATE_EXAMPLE)]
    Create(CreatePolicy),
    /// Change a policy; what is not named stays.
    #[command(after_help = UPDATE_EXAMPLE)]
    Update(UpdatePolicy),
    /// Remove a policy; what it decided stays in the audit.
    #[command(
        visible_alias = "rm",
        after_help = "Example:\n  codepiper policy delete no-push"
    )]
    Delete(OnePolicy),
    /// Switch a policy off, or on again.
    #[command(after_help = "Example:\n  codepiper policy toggle no-push")]
    Toggle(OnePolicy),
    /// Show or set what becomes of a request that no rule matches.
    #[command(after_help = "Example:\n  codepiper policy default deny")]
    Default(DefaultAction),
    /// Say what the rules say of a tool call; nothing is done or recorded.
    #[command(after_help = CHECK_EXAMPLE)]
    Check(CheckPolicy),
    /// Make the policies and sets of a YAML file; all of them or none.
    #[command(after_help = APPLY_EXAMPLE)]
    Apply(ApplyPolicies),
    /// Write policies and sets as YAML that `apply` takes.
    #[command(after_help = EXPORT_EXAMPLE)]
    Export(ExportPolicies),
    /// Say what a file would have made of the calls that were decided on; nothing is changed.
    #[command(after_help = TEST_EXAMPLE)]
    Test(TestPolicies),
}

#[derive(Debug, Args)]
pub(crate) struct OnePolicy {
    /// The policy's id.
    pub(crate) id: String,
}

#[derive(Debug, Args)]
pub(crate) struct ListPolicies {
    /// Only those of this session: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Only those that count, or only those that do not.
    #[arg(long, value_name = "true|false")]
    pub(crate) enabled: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct CreatePolicy {
    /// Its id; one is found when there is none.
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// What to call it.
    #[arg(long)]
    pub(crate) name: String,
    /// Its rules as JSON, a list or a single one; `@FILE` reads a file, `-` standard input.
    #[arg(long, value_name = "JSON")]
    pub(crate) rules: String,
    /// Where it stands in lists, highest first.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) priority: i64,
    /// Only for this session: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// What it is for.
    #[arg(long)]
    pub(crate) description: Option<String>,
    /// Make it without letting it count.
    #[arg(long, conflicts_with = "enabled")]
    pub(crate) disabled: bool,
    /// Whether it counts.
    #[arg(long, value_name = "true|false")]
    pub(crate) enabled: Option<bool>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true))]
pub(crate) struct UpdatePolicy {
    /// The policy's id.
    pub(crate) id: String,
    /// What to call it.
    #[arg(long, group = "change")]
    pub(crate) name: Option<String>,
    /// Its rules as JSON, a list or a single one; `@FILE` reads a file, `-` standard input.
    #[arg(long, value_name = "JSON", group = "change")]
    pub(crate) rules: Option<String>,
    /// Where it stands in lists, highest first.
    #[arg(long, allow_negative_numbers = true, group = "change")]
    pub(crate) priority: Option<i64>,
    /// What it is for; an empty text takes that away.
    #[arg(long, group = "change")]
    pub(crate) description: Option<String>,
    /// Whether it counts.
    #[arg(long, value_name = "true|false", group = "change")]
    pub(crate) enabled: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct DefaultAction {
    /// What is to become of such a request; without it, what becomes of it now is shown.
    pub(crate) action: Option<Action>,
    /// Only for this session: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Let the session go by what counts for all again.
    #[arg(long, requires = "session", conflicts_with = "action")]
    pub(crate) inherit: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    /// A person is asked.
    Ask,
    /// It is refused.
    Deny,
}

impl Action {
    pub(crate) const fn verdict(self) -> Verdict {
        match self {
            Self::Ask => Verdict::Ask,
            Self::Deny => Verdict::Deny,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CheckPolicy {
    /// The shell command.
    #[arg(
        required_unless_present = "input",
        conflicts_with = "input",
        allow_hyphen_values = true
    )]
    pub(crate) command: Option<String>,
    /// The tool.
    #[arg(long, default_value = "Bash")]
    pub(crate) tool: String,
    /// What the tool would get, as JSON; `@FILE` reads a file, `-` standard input.
    #[arg(long, value_name = "JSON")]
    pub(crate) input: Option<String>,
    /// Where it would happen; by default the session's directory, or this one.
    #[arg(long, value_name = "DIR")]
    pub(crate) cwd: Option<PathBuf>,
    /// The session that would ask: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// The permission mode that the agent is in, in its own spelling (`plan`, `acceptEdits`).
    #[arg(long)]
    pub(crate) mode: Option<String>,
    /// Rules to ask instead of those that are kept.
    #[arg(long, value_name = "JSON")]
    pub(crate) rules: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyPolicies {
    /// The file; `-` is standard input.
    pub(crate) file: String,
    /// Only say what would change.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct ExportPolicies {
    /// Policies, by their ids.
    #[arg(group = "what")]
    pub(crate) ids: Vec<String>,
    /// A set with its policies, by its id.
    #[arg(long, group = "what")]
    pub(crate) set: Option<String>,
    /// Every set, and every policy that is for every session.
    #[arg(long, group = "what", conflicts_with_all = ["ids", "set"])]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TestPolicies {
    /// The file; `-` is standard input.
    pub(crate) file: String,
    /// Calls from this time on.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,
    /// Calls before this time.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Timestamp>,
    /// Calls of this session only: the beginning of its id, or its name.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// Ask what would be kept once the file is applied, and not the file alone.
    #[arg(long)]
    pub(crate) with_current: bool,
    /// List every difference there is room for, and not only those that are alike together.
    #[arg(long)]
    pub(crate) all: bool,
}
