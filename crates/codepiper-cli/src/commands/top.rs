use codepiper_api::{ClientError, SessionsResponse};
use codepiper_model::{ProcessTree, Session, SessionId};
use serde_json::{Value, json};

use super::Context;
use crate::cli::Top;
use crate::error::CliError;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &Top) -> Result<(), CliError> {
    match &args.session {
        Some(text) => one(context, text).await,
        None => all(context).await,
    }
}

async fn one(context: &Context, text: &str) -> Result<(), CliError> {
    let session = resolve::session(&context.client, text).await?;
    let answer = processes(context, session.id).await?;
    if context.json {
        return output::json(&answer);
    }
    let tree: ProcessTree = serde_json::from_value(answer)?;
    let row = |process: &codepiper_model::Process| {
        [
            process.pid.to_string(),
            process.parent.to_string(),
            memory(process.rss_bytes),
            time(process.cpu_millis),
            process.started_at.to_string(),
            process.command.clone(),
        ]
    };
    let mut rows: Vec<_> = tree.processes.iter().map(row).collect();
    let (rss, cpu) = (memory(tree.total.rss_bytes), time(tree.total.cpu_millis));
    let none = String::new;
    rows.push(["total".to_owned(), none(), rss, cpu, none(), none()]);
    let head = ["PID", "PARENT", "MEMORY", "CPU", "STARTED", "PROGRAM"];
    output::table(head, &rows)
}

async fn all(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/sessions").await?;
    let SessionsResponse { sessions } = serde_json::from_value(answer)?;
    let mut taken = Vec::new();
    for session in sessions.into_iter().filter(|s| s.status.is_live()) {
        match processes(context, session.id).await {
            Ok(answer) => taken.push((session, serde_json::from_value(answer)?)),
            // It was deleted meanwhile.
            Err(ClientError::Refused { status: 404, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if context.json {
        let line = |(session, tree): &(Session, ProcessTree)| {
            let (processes, total) = (tree.processes.len(), tree.total);
            json!({ "sessionId": session.id, "processes": processes, "total": total })
        };
        let lines: Vec<_> = taken.iter().map(line).collect();
        return output::json(&json!({ "sessions": lines }));
    }
    if taken.is_empty() {
        output::note("no session runs");
        return Ok(());
    }
    taken.sort_by_key(|(_, tree)| std::cmp::Reverse(tree.total.rss_bytes));
    let rows: Vec<_> = taken
        .iter()
        .map(|(session, tree)| row(session, tree))
        .collect();
    let head = [
        "ID",
        "NAME",
        "PROVIDER",
        "ACTIVITY",
        "MEMORY",
        "CPU",
        "PROCESSES",
    ];
    output::table(head, &rows)
}

fn row(session: &Session, tree: &ProcessTree) -> [String; 7] {
    let activity = session.activity.as_ref();
    [
        session.id.to_string()[..8].to_owned(),
        session.name.clone().unwrap_or_default(),
        session.provider.to_string(),
        activity.map_or_else(String::new, |activity| activity.state.as_str().to_owned()),
        memory(tree.total.rss_bytes),
        time(tree.total.cpu_millis),
        tree.processes.len().to_string(),
    ]
}

async fn processes(context: &Context, id: SessionId) -> Result<Value, ClientError> {
    context
        .client
        .get(&format!("/sessions/{id}/processes"))
        .await
}

/// In mebibytes, with one digit behind the point.
fn memory(bytes: u64) -> String {
    let tenths = bytes * 10 / (1024 * 1024);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// In hours, minutes and seconds, with hundredths.
fn time(millis: u64) -> String {
    let (seconds, hundredths) = (millis / 1000, millis % 1000 / 10);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}:{seconds:02}.{hundredths:02}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{seconds:02}.{hundredths:02}"),
    }
}
