use std::io::Write as _;

use codepiper_api::{UsageResponse, UsageSum};
use codepiper_server::csv::write_row;

use crate::cli::By;
use crate::error::CliError;
use crate::output;

/// The columns of a sum, by their names in the API.
const SUMS: [&str; 11] = [
    "answers",
    "unpricedAnswers",
    "turns",
    "workingMs",
    "input",
    "output",
    "cacheWrite5m",
    "cacheWrite1h",
    "cacheRead",
    "reasoning",
    "costUsd",
];

/// Prints what is a line for each of `by`; where there is none, all together.
pub(super) fn usage(answer: &UsageResponse, by: Option<By>) -> Result<(), CliError> {
    let mut out = Vec::new();
    let key = by.map_or("total", By::as_str);
    let head: Vec<&str> = [key].into_iter().chain(SUMS).collect();
    write_row(&mut out, &head);
    for row in &answer.rows {
        write_row(&mut out, &cells(&row.key, &row.sum));
    }
    if by.is_none() {
        let days = format!("{}..{}", answer.from, answer.to);
        write_row(&mut out, &cells(&days, &answer.total));
    }
    print(&out)
}

/// Prints one table: its head, and its rows.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), CliError> {
    let mut out = Vec::new();
    write_row(&mut out, &head);
    for row in rows {
        write_row(&mut out, &row);
    }
    print(&out)
}

fn print(table: &[u8]) -> Result<(), CliError> {
    let mut out = output::document();
    out.write_all(table)?;
    Ok(out.flush()?)
}

/// A cost that is not known is an empty cell.
fn cells(key: &str, sum: &UsageSum) -> Vec<String> {
    let tokens = &sum.tokens;
    let counts = [
        tokens.input,
        tokens.output,
        tokens.cache_write_5m,
        tokens.cache_write_1h,
        tokens.cache_read,
        tokens.reasoning,
    ];
    let sums = [sum.answers, sum.unpriced_answers, sum.turns, sum.working_ms];
    let mut cells = vec![key.to_owned()];
    cells.extend(sums.map(|sum| sum.to_string()));
    cells.extend(counts.map(|count| count.to_string()));
    cells.push(
        sum.cost_usd
            .map(|dollars| dollars.to_string())
            .unwrap_or_default(),
    );
    cells
}
