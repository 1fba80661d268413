use codepiper_api::{UsageResponse, UsageSum};

use crate::cli::{By, View};
use crate::error::CliError;
use crate::output;
use crate::session_names::SessionNames;
use crate::usage_line::{count, duration, price_of};

/// What a line is about, and its sum.
type Line<'a> = (String, &'a UsageSum);

/// Prints a line for each of `by`, and one for all together.
pub(super) fn print(
    answer: &UsageResponse,
    view: View,
    by: Option<By>,
    names: &SessionNames,
) -> Result<(), CliError> {
    let days = format!("{}..{}", answer.from, answer.to);
    let rows = answer.rows.iter();
    let rows = rows.map(|row| (name(&row.key, by, names), &row.sum));
    let total = by.map_or(days, |_| "total".to_owned());
    let lines: Vec<Line<'_>> = rows.chain([(total, &answer.total)]).collect();
    let key = by.map_or("DAYS", title);
    match view {
        View::Costs => {
            let rows: Vec<_> = lines.iter().map(cost_row).collect();
            output::table([key, "ANSWERS", "COST"], &rows)?;
        }
        View::Activity => {
            let rows: Vec<_> = lines.iter().map(activity_row).collect();
            output::table([key, "TURNS", "ANSWERS", "WORKING"], &rows)?;
        }
        _ => {
            let rows: Vec<_> = lines.iter().map(token_row).collect();
            let head = [
                key,
                "ANSWERS",
                "INPUT",
                "CACHE WRITE",
                "CACHE READ",
                "OUTPUT",
                "COST",
            ];
            output::table(head, &rows)?;
        }
    }
    if matches!(by, Some(By::Day | By::Hour)) {
        output::note(format!("days of {}", answer.time_zone));
    }
    Ok(())
}

fn cost_row((name, sum): &Line<'_>) -> [String; 3] {
    [name.clone(), sum.answers.to_string(), cost(sum)]
}

fn activity_row((name, sum): &Line<'_>) -> [String; 4] {
    let working = duration(sum.working_ms.try_into().unwrap_or(0));
    [
        name.clone(),
        sum.turns.to_string(),
        sum.answers.to_string(),
        working,
    ]
}

fn token_row((name, sum): &Line<'_>) -> [String; 7] {
    let tokens = &sum.tokens;
    [
        name.clone(),
        sum.answers.to_string(),
        count(tokens.input),
        count(tokens.cache_write_5m + tokens.cache_write_1h),
        count(tokens.cache_read),
        count(tokens.output),
        cost(sum),
    ]
}

fn cost(sum: &UsageSum) -> String {
    price_of(sum.cost_usd, sum.answers, sum.unpriced_answers)
}

fn title(by: By) -> &'static str {
    match by {
        By::Day => "DAY",
        By::Hour => "HOUR",
        By::Session => "SESSION",
        By::Project => "PROJECT",
        By::Provider => "PROVIDER",
        By::Model => "MODEL",
    }
}

/// A session that is gone is shown by its whole id, by which it can be asked for.
fn name(key: &str, by: Option<By>, names: &SessionNames) -> String {
    let session = key.parse().ok().filter(|_| by == Some(By::Session));
    match session {
        Some(id) if names.knows(id) => names.short(id),
        _ => key.to_owned(),
    }
}
