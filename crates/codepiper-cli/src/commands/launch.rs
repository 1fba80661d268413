use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codepiper_api::{Client, CreateSessionRequest, SessionResponse, WorktreeRequest};
use codepiper_model::{Channel, ProviderId, Session};
use serde_json::Value;

use super::{Context, env_set};
use crate::cli::{Action, Billing, Launch};
use crate::error::CliError;
use crate::{output, place};

/// Turns the flags of a launch into a request.
pub(super) async fn request(
    client: &Client,
    provider: Option<String>,
    dir: Option<&Path>,
    prompt: Option<String>,
    args: Vec<String>,
    launch: Launch,
) -> Result<CreateSessionRequest, CliError> {
    let worktree = launch.worktree.map(|branch| WorktreeRequest {
        branch: Some(branch).filter(|branch| !branch.is_empty()),
        create_branch: None,
        start_point: launch.from,
        setup_script: launch.setup,
        teardown_script: launch.teardown,
    });
    let worktree = match worktree {
        None if launch.no_worktree => Some(None),
        wanted => wanted.map(Some),
    };
    Ok(CreateSessionRequest {
        provider,
        cwd: dir.map(directory).transpose()?,
        workspace_id: None,
        args,
        env: environment(&launch.env, &launch.env_from)?,
        env_set_ids: env_set::ids(client, &launch.env_set).await?,
        billing_mode: launch.billing.map(Billing::mode),
        dangerous_mode: launch.dangerous,
        fail_closed: launch.fail_closed,
        default_policy_action: launch.default_action.map(Action::verdict),
        policy_set_ids: launch.policy_set,
        model: launch.model,
        name: launch.name,
        cols: launch.cols,
        rows: launch.rows,
        prompt,
        provider_resume: None,
        worktree,
        metadata: serde_json::Map::default(),
    })
}

/// Shows a session that has just been started.
pub(super) fn show(context: &Context, answer: Value) -> Result<(), CliError> {
    if context.json {
        return output::json(&answer);
    }
    let SessionResponse { session } = serde_json::from_value(answer)?;
    output::line(format!(
        "session {} {}",
        session.id,
        session.status.as_str()
    ))?;
    if !session.scrubbed_env.is_empty() {
        let names = session.scrubbed_env.join(", ");
        output::note(format!(
            "kept away from the agent (billing: subscription): {names}"
        ));
    }
    if let Some(branch) = session.metadata.get("worktree").map(|made| &made["branch"]) {
        output::note(format!(
            "in a worktree of its own on {}: {}",
            output::harmless(branch.as_str().unwrap_or_default()),
            output::harmless(&session.cwd.display().to_string())
        ));
    }
    if session.dangerous_mode {
        output::note("dangerous mode: the agent runs without asking");
    }
    if let Some(note) = without(&session) {
        output::note(note);
    }
    let (program, id) = (place::program(), session.id);
    output::note(format!(
        "  {program} attach {id}\n  {program} send {id} 'your prompt' --wait\n  {program} stop {id}"
    ));
    Ok(())
}

/// What a session of Codex has to do without, where it has no app-server.
fn without(session: &Session) -> Option<&'static str> {
    match session.channel {
        _ if session.provider != ProviderId::Codex => None,
        Channel::AppServer => None,
        Channel::Hooks => Some(
            "without app-server: what a rule asks about is refused, and what Codex asks about is \
             only asked here (`codepiper approvals`), not in the terminal",
        ),
        Channel::Screen => Some(
            "this Codex has no hooks: no rule on its tool calls is asked, and what it asks is \
             answered in the terminal",
        ),
    }
}

/// The directory with links resolved where it exists; the daemon says what is wrong with others.
pub(super) fn directory(dir: &Path) -> Result<PathBuf, CliError> {
    Ok(fs_err::canonicalize(dir).or_else(|_| std::path::absolute(dir))?)
}

pub(super) fn environment(
    set: &[String],
    from: &[String],
) -> Result<BTreeMap<String, String>, CliError> {
    let mut variables = BTreeMap::new();
    for pair in set {
        let Some((name, value)) = pair.split_once('=') else {
            // It may be a secret whose name was forgotten: it is not repeated.
            return Err(CliError::usage(
                "`--env` takes NAME=VALUE; for a variable that is set here use `--env-from NAME`",
            ));
        };
        variables.insert(name.to_owned(), value.to_owned());
    }
    for name in from {
        match std::env::var(name) {
            Ok(value) => variables.insert(name.clone(), value),
            Err(std::env::VarError::NotPresent) => {
                return Err(CliError::usage(format!(
                    "`--env-from {name}`: `{name}` is not set here"
                )));
            }
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(CliError::usage(format!(
                    "`--env-from {name}`: its value is not UTF-8"
                )));
            }
        };
    }
    Ok(variables)
}
