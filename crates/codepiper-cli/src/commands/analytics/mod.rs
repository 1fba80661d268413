mod csv;
mod overview;
mod tools;
mod usage;

use codepiper_engine::Range;
use codepiper_model::{SessionId, Zone};
use serde_json::{Value, json};

use super::Context;
use crate::cli::{Analytics, By, View};
use crate::error::CliError;
use crate::session_names::SessionNames;
use crate::url::Query;
use crate::{output, resolve};

pub(super) async fn run(context: &Context, args: &Analytics) -> Result<(), CliError> {
    if args.csv && context.json {
        let message = "`--csv` and `--json` are two forms; give one of them";
        return Err(CliError::usage(message));
    }
    let by = by(args)?;
    check_days(args)?;
    let answer = ask(context, args, by).await?;
    note_prices(&answer);
    note_removed(&answer);
    if context.json {
        return output::json(&answer);
    }
    match args.view {
        View::Overview => overview::print(serde_json::from_value(answer)?, args.csv),
        View::Tools => tools::print(&serde_json::from_value::<Vec<_>>(answer)?, args.csv),
        view => {
            let answer = serde_json::from_value(answer)?;
            if args.csv {
                return csv::usage(&answer, by);
            }
            let names = match by {
                Some(By::Session) => SessionNames::load(&context.client).await?,
                _ => SessionNames::default(),
            };
            usage::print(&answer, view, by, &names)
        }
    }
}

/// Says that the own prices are left out, where they are.
fn note_prices(answer: &Value) {
    if let Some(problem) = answer["pricesProblem"].as_str() {
        output::note(format!(
            "warning: your own prices are left out, and those of the program count: {}\n  mend the \
             file, then `codepiper daemon restart` and `codepiper analytics rebuild`",
            output::harmless(problem)
        ));
    }
}

/// Says what a rebuild counts no more.
fn note_removed(answer: &Value) {
    let removed = [
        ("removedAnswers", "answers of more tokens than any has"),
        ("removedTurns", "turns longer than any is"),
    ];
    for (field, what) in removed {
        let count = answer[field].as_u64().unwrap_or(0);
        if count > 0 {
            output::note(format!("removed: {count} {what}"));
        }
    }
}

/// Days that make no sense are refused as any other option is.
fn check_days(args: &Analytics) -> Result<(), CliError> {
    if let Some(text) = &args.range {
        let range: Result<Range, _> = text.parse();
        range.map_err(|error| CliError::usage(error.to_string()))?;
    }
    match &args.time_zone {
        Some(name) if Zone::named(name).is_none() => Err(CliError::usage(format!(
            "there is no time zone `{}`; give one such as `Europe/Berlin`",
            output::harmless(name)
        ))),
        _ => Ok(()),
    }
}

/// What there is a line for, by default what the view is named after.
fn by(args: &Analytics) -> Result<Option<By>, CliError> {
    let usual = match args.view {
        View::Overview | View::Tools | View::Rebuild => None,
        View::Tokens | View::Costs | View::Activity => Some(By::Day),
        View::Models => Some(By::Model),
        View::Sessions => Some(By::Session),
    };
    match (args.by, usual) {
        (Some(_), None | Some(By::Model | By::Session)) => {
            let message = "`--by` is for `tokens`, `costs` and `activity`; leave it out";
            Err(CliError::usage(message))
        }
        (given, usual) => Ok(given.or(usual)),
    }
}

async fn ask(context: &Context, args: &Analytics, by: Option<By>) -> Result<Value, CliError> {
    let client = &context.client;
    if args.view == View::Rebuild {
        let filters = [&args.session, &args.project, &args.provider, &args.model];
        let narrow = [&args.range, &args.time_zone];
        if filters.into_iter().chain(narrow).any(Option::is_some) {
            let message = "`rebuild` counts everything anew; leave `--range` and the filters out";
            return Err(CliError::usage(message));
        }
        return Ok(client.post("/analytics/rebuild", &json!({})).await?);
    }
    let mut query = Query::default();
    query.add("range", args.range.as_ref());
    query.add("timeZone", args.time_zone.as_ref());
    if let Some(text) = &args.session {
        // What was used outlives its session.
        let id = match text.parse::<SessionId>() {
            Ok(id) => id,
            Err(_) => resolve::session(client, text).await?.id,
        };
        query.add("sessionId", Some(id));
    }
    query.add("project", args.project.as_ref());
    query.add("provider", args.provider.as_ref());
    query.add("model", args.model.as_ref());
    query.add("by", by.map(By::as_str));
    let path = match args.view {
        View::Overview => "/analytics/overview",
        View::Tools => "/analytics/tool-usage",
        _ => "/analytics/usage",
    };
    Ok(client.get(&query.behind(path)).await?)
}
