//! One file per noun of `workflow`: definitions, executions, and how they are drawn.

mod definitions;
mod draw;
mod executions;
mod local;
mod logs;
mod ready;
mod run;
mod tree;

use std::path::Path;

use super::Context;
use crate::cli::WorkflowCommand;
use crate::error::CliError;

pub(super) use local::{plan, validate};
pub(super) use ready::{init, list as templates, schema};

pub(super) async fn run(context: &Context, command: WorkflowCommand) -> Result<(), CliError> {
    match command {
        WorkflowCommand::Create { file, id } => definitions::create(context, &file, id).await,
        WorkflowCommand::List => definitions::list(context).await,
        WorkflowCommand::Get { id } => definitions::get(context, &id).await,
        WorkflowCommand::Update { id, file } => definitions::update(context, &id, &file).await,
        WorkflowCommand::Delete { id } => definitions::delete(context, &id).await,
        WorkflowCommand::Validate { file } => validate(&file, context.json),
        WorkflowCommand::Plan { file } => plan(&file, context.json),
        WorkflowCommand::Templates => templates(context.json),
        WorkflowCommand::Init { name, file } => init(&name, file.as_deref()),
        WorkflowCommand::Schema => schema(),
        WorkflowCommand::Run(args) => run::run(context, args).await,
        WorkflowCommand::Rerun { which, how } => run::again(context, &which.execution, how).await,
        WorkflowCommand::Executions { workflow, status } => {
            executions::list(context, workflow.as_deref(), status.as_deref()).await
        }
        WorkflowCommand::Show { which, follow } => {
            executions::show(context, &which.execution, follow).await
        }
        WorkflowCommand::Logs { which, follow } => {
            let id = executions::find(context, &which.execution).await?;
            logs::show(context, &id, follow).await.map(drop)
        }
        WorkflowCommand::Cancel(one) => {
            executions::tell(context, &one, "cancel", "is being ended").await
        }
        WorkflowCommand::Pause(one) => executions::tell(context, &one, "pause", "paused").await,
        WorkflowCommand::Resume(one) => executions::tell(context, &one, "resume", "goes on").await,
        WorkflowCommand::Retry(one) => {
            executions::tell(context, &one, "retry", "tried again").await
        }
        WorkflowCommand::Approve(args) => executions::answer(context, args, true).await,
        WorkflowCommand::Deny(args) => executions::answer(context, args, false).await,
    }
}

/// The text of a file, or of standard input.
fn text_of(file: &Path) -> Result<String, CliError> {
    if file == Path::new("-") {
        return Ok(std::io::read_to_string(std::io::stdin())?);
    }
    fs_err::read_to_string(file).map_err(|error| CliError::failed("unreadable", error.to_string()))
}
