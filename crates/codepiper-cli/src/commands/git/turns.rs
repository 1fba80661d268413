use codepiper_api::ErrorBody;
use codepiper_model::Timestamp;
use serde::Deserialize;

use crate::commands::Context;
use crate::error::CliError;
use crate::output;

#[derive(Deserialize)]
struct All {
    turns: Vec<Noted>,
    problem: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Noted {
    #[serde(rename = "turn")]
    number: u32,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    files: u64,
    added: u64,
    removed: u64,
    problem: Option<String>,
}

/// Lists the turns of a session.
pub(super) async fn list(context: &Context, session: &str) -> Result<(), CliError> {
    let path = super::path(context, session, "turns").await?;
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let All { turns, problem } = serde_json::from_value(answer)?;
    if turns.is_empty() {
        output::note(problem.as_deref().unwrap_or("no turn has been noted"));
        return Ok(());
    }
    let row = |turn: &Noted| {
        let changed = match turn.files {
            0 => "nothing".to_owned(),
            1 => format!("1 file, +{} -{}", turn.added, turn.removed),
            files => format!("{files} files, +{} -{}", turn.added, turn.removed),
        };
        let ended = turn.ended_at.map(|at| at.to_string());
        let problem = turn.problem.as_deref().map(output::harmless);
        [
            turn.number.to_string(),
            turn.started_at.to_string(),
            ended.unwrap_or_else(|| "goes on".to_owned()),
            changed,
            problem.unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = turns.iter().map(row).collect();
    output::table(["TURN", "BEGAN", "ENDED", "CHANGED", "PROBLEM"], &rows)
}

/// The number of the latest turn.
pub(super) async fn last(context: &Context, session: &str) -> Result<u32, CliError> {
    let path = super::path(context, session, "turns").await?;
    let All { turns, problem } = serde_json::from_value(context.client.get(&path).await?)?;
    turns.first().map(|turn| turn.number).ok_or_else(|| {
        let why = problem.unwrap_or_else(|| "no turn has been noted".to_owned());
        CliError::NotFound(ErrorBody::new("turn_not_found", why))
    })
}
