use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::moment::age;

const RUN_EXAMPLE: &str = "Examples:
  codepiper workflow run review.yaml --var FEATURE='a search box' --wait
  codepiper workflow run review --var CWD=/srv/app --provider demo --wait

An input `cwd` or `CWD` is this directory unless --var or its default says otherwise.";

#[derive(Debug, Args)]
pub(crate) struct Workflow {
    #[command(subcommand)]
    pub(crate) command: WorkflowCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowCommand {
    /// Keep a workflow from a file.
    Create {
        /// The file: YAML or JSON; `-` is standard input.
        file: PathBuf,
        /// Its id; one is made of its name when there is none.
        #[arg(long)]
        id: Option<String>,
    },
    /// List the workflows.
    #[command(visible_alias = "ls")]
    List,
    /// Print a workflow as its author wrote it.
    Get {
        /// The workflow's id.
        id: String,
    },
    /// Replace a workflow by what a file says.
    Update {
        /// The workflow's id.
        id: String,
        /// The file: YAML or JSON; `-` is standard input.
        file: PathBuf,
    },
    /// Remove a workflow with the executions it had.
    #[command(visible_alias = "rm")]
    Delete {
        /// The workflow's id.
        id: String,
    },
    /// Say everything that is wrong with a file; needs no daemon.
    Validate {
        /// The file: YAML or JSON; `-` is standard input.
        file: PathBuf,
    },
    /// Show what a file would do; needs no daemon.
    Plan {
        /// The file: YAML or JSON; `-` is standard input.
        file: PathBuf,
    },
    /// List workflows to begin with; needs no daemon.
    Templates,
    /// Write a workflow to begin with into a file; needs no daemon.
    Init {
        /// Its name: `codepiper workflow templates` lists them.
        name: String,
        /// The file; NAME.yaml here when there is none. `-` is standard output.
        file: Option<PathBuf>,
    },
    /// Print the JSON Schema of the format, for editors; needs no daemon.
    Schema,
    /// Run a workflow.
    #[command(after_help = RUN_EXAMPLE)]
    Run(RunWorkflow),
    /// Run a workflow again, with the inputs that an execution had.
    Rerun {
        #[command(flatten)]
        which: OneExecution,
        #[command(flatten)]
        how: HowToRun,
    },
    /// List the executions, of one workflow or of all.
    Executions {
        /// The workflow's id.
        workflow: Option<String>,
        /// Only those that are `running`, `completed`, `failed` or `cancelled`.
        #[arg(long)]
        status: Option<String>,
    },
    /// Show an execution with its steps.
    #[command(visible_alias = "status")]
    Show {
        #[command(flatten)]
        which: OneExecution,
        /// Draw it anew as it comes further, until it is over.
        #[arg(short, long)]
        follow: bool,
    },
    /// Print what an execution has logged.
    Logs {
        #[command(flatten)]
        which: OneExecution,
        /// Go on until it is over.
        #[arg(short, long)]
        follow: bool,
    },
    /// End an execution: its sessions are ended, and what its `finally` says is done.
    Cancel(OneExecution),
    /// Begin nothing new in an execution until it is resumed.
    Pause(OneExecution),
    /// Go on with a paused execution.
    Resume(OneExecution),
    /// Try once more what failed in an execution.
    Retry(OneExecution),
    /// Say yes to a step that asks.
    Approve(AnswerStep),
    /// Say no to a step that asks: it fails.
    Deny(AnswerStep),
}

/// An execution.
#[derive(Debug, Args)]
pub(crate) struct OneExecution {
    /// The beginning of the execution's id.
    pub(crate) execution: String,
}

/// A step that asks.
#[derive(Debug, Args)]
pub(crate) struct AnswerStep {
    /// The beginning of the execution's id.
    pub(crate) execution: String,
    /// The step, with its rounds; the only one that asks when there is none.
    pub(crate) step: Option<String>,
    /// What else to say.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

/// A workflow to run.
#[derive(Debug, Args)]
pub(crate) struct RunWorkflow {
    /// The workflow's id, or a file, which is kept first.
    pub(crate) workflow: String,
    #[command(flatten)]
    pub(crate) how: HowToRun,
}

/// With what a workflow is run.
#[derive(Debug, Args)]
pub(crate) struct HowToRun {
    /// The value of an input; may be given more than once.
    #[arg(short = 'v', long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) variables: Vec<(String, String)>,
    /// Let this agent do the work of every other: a rehearsal.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// Wait until it is over: exit code 0 when it has completed, 1 when not.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Wait at most so long, such as `30m`; then exit with 124. The execution goes on.
    #[arg(long, value_parser = age, requires = "wait")]
    pub(crate) timeout: Option<u64>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("say NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
