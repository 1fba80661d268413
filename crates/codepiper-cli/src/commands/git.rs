mod turns;

use codepiper_api::{
    CommentRequest, CommentsRequest, CommitRequest, PathsRequest, SendResponse, Side, UndoRequest,
};
use serde::Deserialize;
use serde_json::Value;

use super::Context;
use crate::cli::{Files, GitCommand, Turn, WhichDiff};
use crate::confirm::confirm;
use crate::error::CliError;
use crate::url::Query;
use crate::{output, resolve};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Standing {
    #[serde(rename = "status")]
    entries: Vec<Entry>,
    branch: Option<String>,
    upstream: Option<String>,
    ahead: u64,
    behind: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    path: String,
    index_status: char,
    work_tree_status: char,
    orig_path: Option<String>,
}

#[derive(Deserialize)]
struct Log {
    log: Vec<Commit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commit {
    short_hash: String,
    author: String,
    date: String,
    message: String,
}

pub(super) async fn run(context: &Context, command: GitCommand) -> Result<(), CliError> {
    match command {
        GitCommand::Status(one) => status(context, &one.session).await,
        GitCommand::Diff(which) => diff(context, which).await,
        GitCommand::Turns(one) => turns::list(context, &one.session).await,
        GitCommand::Log {
            session,
            path,
            limit,
        } => log(context, &session, path, limit).await,
        GitCommand::Stage(files) => on_files(context, files, "stage").await.map(drop),
        GitCommand::Unstage(files) => on_files(context, files, "unstage").await.map(drop),
        GitCommand::Commit {
            session,
            message,
            amend,
        } => {
            let path = path(context, &session, "commit").await?;
            let request = CommitRequest { message, amend };
            let answer = context.client.post(&path, &request).await?;
            said(
                context,
                &answer,
                answer["hash"].as_str().unwrap_or_default(),
            )
        }
        GitCommand::Discard { files, yes } => {
            let count = files.paths.len();
            confirm(&format!("Discard the changes of {count} paths?"), yes)?;
            let answer = on_files(context, files, "discard").await?;
            undone(context, &answer)
        }
        GitCommand::Undo { session, undo_id } => {
            let path = path(context, &session, "undo").await?;
            let answer = context.client.post(&path, &UndoRequest { undo_id }).await?;
            if context.json {
                return output::json(&answer);
            }
            undone(context, &answer)
        }
        GitCommand::Comment {
            session,
            comments,
            note,
        } => comment(context, &session, &comments, note).await,
    }
}

async fn path(context: &Context, session: &str, what: &str) -> Result<String, CliError> {
    let session = resolve::session(&context.client, session).await?;
    Ok(format!("/sessions/{}/git/{what}", session.id))
}

async fn status(context: &Context, session: &str) -> Result<(), CliError> {
    let answer = context
        .client
        .get(&path(context, session, "status").await?)
        .await?;
    if context.json {
        return output::json(&answer);
    }
    let status: Standing = serde_json::from_value(answer)?;
    let branch = status.branch.as_deref().unwrap_or("on no branch");
    let upstream = status
        .upstream
        .as_ref()
        .map_or_else(String::new, |upstream| {
            let (ahead, behind) = (status.ahead, status.behind);
            format!(" ({upstream}: {ahead} ahead, {behind} behind)")
        });
    output::line(output::harmless(&format!("{branch}{upstream}")))?;
    for entry in &status.entries {
        let (index, files) = (entry.index_status, entry.work_tree_status);
        let was = entry.orig_path.as_ref().map(|was| format!("{was} -> "));
        let line = format!("{index}{files} {}{}", was.unwrap_or_default(), entry.path);
        output::line(output::harmless(&line))?;
    }
    Ok(())
}

async fn diff(context: &Context, which: WhichDiff) -> Result<(), CliError> {
    let mut query = Query::default();
    query.add("staged", which.staged.then_some(true));
    query.add("commit", which.commit);
    query.add("base", which.base);
    let turn = match which.turn {
        Some(Turn::Last) => Some(turns::last(context, &which.session).await?),
        Some(Turn::Number(number)) => Some(number),
        None => None,
    };
    query.add("turn", turn);
    query.add("path", which.path);
    let what = if which.stat { "diff-stat" } else { "diff" };
    let path = path(context, &which.session, what).await?;
    let answer = context.client.get(&query.behind(&path)).await?;
    if context.json {
        return output::json(&answer);
    }
    if !which.stat {
        output::text(answer["diff"].as_str().unwrap_or_default())?;
        if answer["truncated"] == true {
            output::note("there is more; name a path");
        }
        return Ok(());
    }
    let lines = |count: &Value| {
        count
            .as_u64()
            .map_or("-".to_owned(), |count| count.to_string())
    };
    for file in answer["files"].as_array().into_iter().flatten() {
        let path = output::harmless(file["path"].as_str().unwrap_or_default());
        let (came, went) = (lines(&file["additions"]), lines(&file["deletions"]));
        output::line(format!("{came:>6} {went:>6}  {path}"))?;
    }
    Ok(())
}

async fn log(
    context: &Context,
    session: &str,
    of: Option<String>,
    limit: u16,
) -> Result<(), CliError> {
    let mut query = Query::default();
    query.add("limit", Some(limit));
    query.add("path", of);
    let path = path(context, session, "log").await?;
    let answer = context.client.get(&query.behind(&path)).await?;
    if context.json {
        return output::json(&answer);
    }
    let Log { log } = serde_json::from_value(answer)?;
    for commit in log {
        let day: String = commit.date.chars().take(10).collect();
        let line = format!(
            "{} {day} {} ({})",
            commit.short_hash, commit.message, commit.author
        );
        output::line(output::harmless(&line))?;
    }
    Ok(())
}

async fn on_files(context: &Context, files: Files, what: &str) -> Result<Value, CliError> {
    let path = path(context, &files.session, what).await?;
    let request = PathsRequest { paths: files.paths };
    let answer = context.client.post(&path, &request).await?;
    if context.json {
        output::json(&answer)?;
    }
    Ok(answer)
}

fn undone(context: &Context, answer: &Value) -> Result<(), CliError> {
    if context.json {
        return Ok(());
    }
    let id = answer["undoId"].as_str().unwrap_or_default();
    output::line(id)?;
    output::note("`codepiper git undo SESSION ID` with that takes it back");
    Ok(())
}

fn said(context: &Context, answer: &Value, words: &str) -> Result<(), CliError> {
    if context.json {
        return output::json(answer);
    }
    output::line(words)
}

async fn comment(
    context: &Context,
    session: &str,
    comments: &[String],
    note: Option<String>,
) -> Result<(), CliError> {
    let (pairs, []) = comments.as_chunks::<2>() else {
        let message = "each place needs a text: `src/main.rs:12 'what is wrong with it'`";
        return Err(CliError::usage(message));
    };
    let comments = pairs.iter().map(|[place, text]| parsed(place, text));
    let request = CommentsRequest {
        comments: comments.collect::<Result<_, _>>()?,
        note,
    };
    let path = path(context, session, "comments").await?;
    let answer = context.client.post(&path, &request).await?;
    let sent: SendResponse = serde_json::from_value(answer.clone())?;
    let status = serde_json::to_value(sent.receipt.status)?;
    said(context, &answer, status.as_str().unwrap_or_default())
}

/// `path:12` or `path:12-20`.
fn parsed(place: &str, text: &str) -> Result<CommentRequest, CliError> {
    let read = || {
        let (path, lines) = place.rsplit_once(':')?;
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        Some((path, first.parse().ok()?, last.parse().ok()?))
    };
    let (path, line, last): (&str, usize, usize) = read().ok_or_else(|| {
        CliError::usage(format!(
            "`{place}` is no place such as `src/main.rs:12` or `src/main.rs:12-20`"
        ))
    })?;
    Ok(CommentRequest {
        path: path.to_owned(),
        side: Side::New,
        line,
        end_line: (last != line).then_some(last),
        text: text.to_owned(),
    })
}
