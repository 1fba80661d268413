//! One file per command.

mod analytics;
mod answer;
mod approvals;
mod attach;
mod audit;
mod auth;
mod backup;
mod completions;
mod conversation;
mod daemon;
mod delete;
mod doctor;
mod down;
mod env_set;
mod events;
mod explain;
mod fork;
mod git;
mod interrupt;
mod key;
mod keys;
mod kill;
mod launch;
mod model;
mod notification_settings;
mod notifications;
mod policy;
mod policy_set;
mod prompts;
mod providers;
mod prune;
mod recover;
mod rename;
mod resize;
mod restore;
mod resume;
mod search;
mod send;
mod service;
mod sessions;
mod settings;
mod show;
mod slash;
mod start;
mod stop;
mod tail;
mod top;
mod transcripts;
mod up;
mod wait;
mod workflow;
mod workspace;
mod worktree;

use std::process::ExitCode;

use codepiper_api::Client;
use codepiper_model::Permission;

use crate::cli::{Cli, Command, ProvidersCommand, TableFormat};
use crate::error::CliError;
use crate::{agent_exec, hook_forward, output, place, reaper_exec, status_line};

/// What most commands need.
struct Context {
    client: Client,
    json: bool,
}

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, CliError> {
    match cli.command {
        // Before any runtime: these become another program, or are one.
        Command::AgentExec { spec } => return agent_exec::run(&spec),
        Command::HookForward(options) => return Ok(hook_forward::run(&options)),
        Command::StatusLine => return Ok(status_line::run()),
        Command::ReaperExec { command } => return reaper_exec::run(&command),
        Command::RunOrder { dir } => {
            codepiper_engine::run_command(&dir)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::DemoAgent { args } => return Ok(demo_agent(args)),
        Command::Completions(args) => return completions::run(&args),
        Command::Daemon(args) => return daemon::run(args, cli.socket, cli.json),
        _ => {}
    }
    let context = Context {
        client: place::client(cli.socket)?,
        json: cli.json,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run_client(context, cli.command))
}

async fn run_client(mut context: Context, command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Up(args) => up::run(&context, args).await?,
        Command::Down(args) => down::run(&context, &args).await?,
        Command::Auth(args) => auth::run(&context, args).await?,
        Command::Start(args) => start::run(&context, args).await?,
        Command::Sessions(args) => {
            context.json |= args.format.format == TableFormat::Json;
            sessions::run(&context, &args).await?;
        }
        Command::Show(args) => show::run(&context, &args).await?,
        Command::Attach(args) => attach::run(&context, &args).await?,
        Command::Send(args) => send::run(&context, args).await?,
        Command::Keys(args) => keys::run(&context, args).await?,
        Command::Interrupt(args) => interrupt::run(&context, &args).await?,
        Command::Model(args) => model::run(&context, args).await?,
        Command::Prompts(args) => prompts::run(&context, args).await?,
        Command::Slash(args) => slash::run(&context, &args).await?,
        Command::Conversation(args) => conversation::run(&context, &args).await?,
        Command::Search(args) => search::run(&context, &args).await?,
        Command::Transcripts(args) => transcripts::run(&context, &args.command).await?,
        Command::Analytics(args) => analytics::run(&context, &args).await?,
        Command::Tail(args) => tail::run(&context, &args).await?,
        Command::Logs(args) => events::run(&context, Some(&args.session), &args.which).await?,
        Command::Events(args) => {
            events::run(&context, args.session.as_deref(), &args.which).await?;
        }
        Command::Rename(args) => rename::run(&context, args).await?,
        Command::Resume(args) => resume::run(&context, &args).await?,
        Command::Restore(args) => restore::run(&context, &args).await?,
        Command::Backup(args) => backup::run(&context, &args)?,
        Command::Key(args) => key::run(&context, &args.command).await?,
        Command::Fork(args) => fork::run(&context, args).await?,
        Command::Recover(args) => recover::run(&context, &args).await?,
        Command::Stop(args) => stop::run(&context, &args).await?,
        Command::Kill(args) => kill::run(&context, &args).await?,
        Command::Top(args) => top::run(&context, &args).await?,
        Command::Delete(args) => delete::run(&context, &args).await?,
        Command::Prune(args) => prune::run(&context, &args).await?,
        Command::Resize(args) => resize::run(&context, &args).await?,
        Command::Wait(args) => wait::run(&context, &args).await?,
        Command::Approvals(args) => approvals::run(&context, &args).await?,
        Command::Approve(args) => answer::run(&context, args, Permission::Allow).await?,
        Command::Deny(args) => answer::run(&context, args, Permission::Deny).await?,
        Command::Notifications(args) => notifications::run(&context, args).await?,
        Command::Policy(args) => policy::run(&context, args.command).await?,
        Command::Workflow(args) => workflow::run(&context, args.command).await?,
        Command::Workspace(args) => workspace::run(&context, args.command).await?,
        Command::Worktree(args) => worktree::run(&context, args.command).await?,
        Command::PolicySet(args) => policy_set::run(&context, args.command).await?,
        Command::Git(args) => git::run(&context, args.command).await?,
        Command::EnvSet(args) => env_set::run(&context, args.command).await?,
        Command::Audit(args) => audit::run(&context, &args).await?,
        Command::Providers(args) => {
            context.json |= args.format.format == TableFormat::Json;
            match &args.command {
                Some(ProvidersCommand::Explain(args)) => explain::run(&context, args).await?,
                None => providers::run(&context).await?,
            }
        }
        Command::Settings(args) => settings::run(&context, args).await?,
        Command::Service(args) => service::run(&context, args).await?,
        Command::Doctor { fix } => return doctor::run(&context, fix).await,
        Command::AgentExec { .. }
        | Command::RunOrder { .. }
        | Command::HookForward(_)
        | Command::StatusLine
        | Command::ReaperExec { .. }
        | Command::DemoAgent { .. }
        | Command::Completions(_)
        | Command::Daemon(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn demo_agent(args: Vec<std::ffi::OsString>) -> ExitCode {
    match codepiper_demo::DemoArgs::parse(args) {
        Ok(args) => codepiper_demo::run(args),
        Err(error) => {
            output::note(format!("codepiper demo-agent: {error}"));
            ExitCode::from(2)
        }
    }
}
