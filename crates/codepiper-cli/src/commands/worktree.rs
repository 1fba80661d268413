use std::path::Path;

use codepiper_api::{ErrorBody, FinishWorktreeRequest, PruneWorktreesRequest};
use serde::Deserialize;
use serde_json::Value;

use super::Context;
use crate::cli::WorktreeCommand;
use crate::confirm::confirm;
use crate::error::CliError;
use crate::output;

/// A worktree, as the daemon shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    path: String,
    branch: Option<String>,
    made_for: String,
    in_use: bool,
    missing: bool,
    size_bytes: Option<u64>,
    kept_because: Vec<String>,
}

/// What became of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    path: String,
    branch: Option<String>,
    removed: bool,
    merged: bool,
    branch_deleted: bool,
    kept_because: Vec<String>,
}

pub(super) async fn run(context: &Context, command: WorktreeCommand) -> Result<(), CliError> {
    match command {
        WorktreeCommand::List => list(context).await,
        WorktreeCommand::Finish {
            worktree,
            merge,
            force,
            delete_branch,
            keep_branch,
            yes,
        } => {
            let found = find(context, &worktree).await?;
            if force {
                let path = output::harmless(&found.path);
                confirm(
                    &format!("Remove {path} with all that is in no commit?"),
                    yes,
                )?;
            }
            let request = FinishWorktreeRequest {
                path: found.path.into(),
                merge,
                force,
                delete_branch: (delete_branch || keep_branch).then_some(delete_branch),
            };
            let answer = context.client.post("/worktrees/finish", &request).await?;
            if context.json {
                return output::json(&answer);
            }
            tell(&Outcome::deserialize(&answer["worktree"])?)
        }
        WorktreeCommand::Prune {
            dry_run,
            force,
            yes,
        } => prune(context, dry_run, force, yes).await,
    }
}

async fn prune(context: &Context, dry_run: bool, force: bool, yes: bool) -> Result<(), CliError> {
    if dry_run || !yes {
        let answer = call(context, true, force).await?;
        if dry_run && context.json {
            return output::json(&answer);
        }
        let found = Vec::<Outcome>::deserialize(&answer["worktrees"])?;
        if !context.json {
            for one in &found {
                let path = output::harmless(&one.path);
                let verb = if one.removed { "remove" } else { "keep" };
                let why = output::harmless(&one.kept_because.join("; "));
                output::line(format!("{verb} {path} {why}").trim_end())?;
            }
        }
        let count = found.iter().filter(|one| one.removed).count();
        if dry_run || count == 0 {
            output::note(format!("{count} to remove"));
            return Ok(());
        }
        confirm(&format!("Remove these {count}?"), yes)?;
    }
    let answer = call(context, false, force).await?;
    if context.json {
        return output::json(&answer);
    }
    for one in Vec::<Outcome>::deserialize(&answer["worktrees"])? {
        tell(&one)?;
    }
    Ok(())
}

async fn call(context: &Context, dry_run: bool, force: bool) -> Result<Value, CliError> {
    let request = PruneWorktreesRequest { dry_run, force };
    Ok(context.client.post("/worktrees/prune", &request).await?)
}

fn tell(one: &Outcome) -> Result<(), CliError> {
    let path = output::harmless(&one.path);
    if !one.removed {
        let why = output::harmless(&one.kept_because.join("; "));
        return output::line(format!("{path} kept: {why}"));
    }
    let branch = output::harmless(one.branch.as_deref().unwrap_or_default());
    let merged = if one.merged { " merged," } else { "" };
    let fate = if one.branch_deleted {
        "deleted"
    } else {
        "kept"
    };
    output::line(format!("{path} removed; branch {branch}{merged} {fate}"))
}

/// The worktree that a person means.
async fn find(context: &Context, text: &str) -> Result<Shown, CliError> {
    let answer = context.client.get("/worktrees").await?;
    let mut found = Vec::<Shown>::deserialize(&answer["worktrees"])?;
    let whole = fs_err::canonicalize(text).ok();
    found.retain(|worktree| {
        let path = Path::new(&worktree.path);
        path == Path::new(text)
            || whole.as_deref() == Some(path)
            || path.file_name() == Some(text.as_ref())
            || worktree.branch.as_deref() == Some(text)
            || worktree.made_for == text
    });
    match (found.pop(), found.len()) {
        (Some(worktree), 0) => Ok(worktree),
        (None, _) => {
            let message = format!("there is no worktree `{text}`");
            let body = ErrorBody::new("worktree_not_found", message);
            Err(CliError::NotFound(
                body.with_hint("`codepiper worktree list` lists them"),
            ))
        }
        (Some(_), more) => {
            let message = format!("`{text}` could be {} worktrees", more + 1);
            let body = ErrorBody::new("ambiguous_worktree", message);
            Err(CliError::NotFound(body.with_hint("give its path")))
        }
    }
}

async fn list(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/worktrees").await?;
    if context.json {
        return output::json(&answer);
    }
    let worktrees = Vec::<Shown>::deserialize(&answer["worktrees"])?;
    if worktrees.is_empty() {
        output::note("no worktrees; `codepiper start --worktree` makes one");
        return Ok(());
    }
    let row = |worktree: &Shown| {
        let state = match (worktree.in_use, worktree.missing) {
            (true, _) => "in use",
            (_, true) => "gone",
            _ if worktree.kept_because.is_empty() => "done",
            _ => "kept",
        };
        [
            worktree.path.clone(),
            worktree.branch.clone().unwrap_or_default(),
            state.to_owned(),
            worktree.size_bytes.map(size).unwrap_or_default(),
            worktree.kept_because.join("; "),
        ]
    };
    let rows: Vec<_> = worktrees.iter().map(row).collect();
    output::table(["PATH", "BRANCH", "STATE", "SIZE", "BECAUSE"], &rows)
}

fn size(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1024 * 1024))
}
