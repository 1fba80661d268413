use codepiper_api::OverviewResponse;

use super::csv;
use crate::error::CliError;
use crate::output;
use crate::usage_line::{count, duration, price_of};

pub(super) fn print(overview: OverviewResponse, as_csv: bool) -> Result<(), CliError> {
    // What is told together on the wire: turns and answers.
    let answers = overview.total_messages - overview.turns;
    if as_csv {
        return table(&overview, answers);
    }
    let o = overview;
    output::line(format!("{} to {}, days of {}", o.from, o.to, o.time_zone))?;
    let cost = price_of(Some(o.cost_estimate), answers, o.unpriced_answers);
    let (working, waiting) = (o.working_ms.try_into().unwrap_or(0), o.waiting_ms);
    let read = format!(
        "{} new, {} into the cache, {} from it ({} %)",
        count(o.input_tokens),
        count(o.cache_creation_tokens),
        count(o.cache_read_tokens),
        o.cache_hit_rate
    );
    let rows = [
        ("cost", cost),
        ("tokens", count(o.total_tokens)),
        ("  read", read),
        ("  written", count(o.output_tokens)),
        ("answers", answers.to_string()),
        ("turns", o.turns.to_string()),
        ("working", duration(working)),
        ("waiting for a person", duration(waiting)),
        (
            "sessions",
            format!("{}; {} live now", o.sessions_count, o.active_sessions),
        ),
    ];
    for (name, value) in rows {
        output::line(format!("{name:<22}{value}"))?;
    }
    Ok(())
}

fn table(o: &OverviewResponse, answers: i64) -> Result<(), CliError> {
    let head = [
        "from",
        "to",
        "sessions",
        "turns",
        "answers",
        "unpricedAnswers",
        "input",
        "cacheWrite",
        "cacheRead",
        "output",
        "costUsd",
        "workingMs",
        "waitingMs",
    ];
    let has_price = answers == 0 || answers > o.unpriced_answers;
    let cost = has_price.then_some(o.cost_estimate);
    let cost = cost.map(|dollars| dollars.to_string()).unwrap_or_default();
    let row = [
        o.from.clone(),
        o.to.clone(),
        o.sessions_count.to_string(),
        o.turns.to_string(),
        answers.to_string(),
        o.unpriced_answers.to_string(),
        o.input_tokens.to_string(),
        o.cache_creation_tokens.to_string(),
        o.cache_read_tokens.to_string(),
        o.output_tokens.to_string(),
        cost,
        o.working_ms.to_string(),
        o.waiting_ms.to_string(),
    ];
    csv::table(head, [row])
}
