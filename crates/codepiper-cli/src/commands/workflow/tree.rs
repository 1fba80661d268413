//! An execution that is drawn anew, in place, whenever it comes further.

use std::fmt::Write as _;

use serde_json::Value;

use super::super::Context;
use super::{draw, executions};
use crate::error::CliError;
use crate::{output, url};

/// How many lines are shown of a terminal whose size nobody knows.
const ROWS: usize = 24;

/// Draws it to its end; how it stands then.
pub(super) async fn watch(context: &Context, id: &str) -> Result<String, CliError> {
    let mut shown = 0;
    let mut revision = String::new();
    loop {
        let known = url::encode(&revision);
        let path = format!("{}?revision={known}&wait=30", executions::path(id));
        let answer = context.client.get(&path).await?;
        let status = answer["execution"]["status"].as_str().unwrap_or_default();
        let is_over = matches!(status, "completed" | "failed" | "cancelled");
        let lines = draw::execution(&answer);
        if is_over {
            // It stays there to be read.
            replace(shown, &[])?;
            draw::print(&lines)?;
            return Ok(status.to_owned());
        }
        shown = replace(shown, &last(lines))?;
        revision = text(&answer["revision"]);
    }
}

/// As much of the end as fits below what was there before: what has left the screen cannot be drawn
/// anew.
fn last(mut lines: Vec<String>) -> Vec<String> {
    let rows = output::rows().map_or(ROWS, usize::from);
    let most = rows.saturating_sub(1).max(2);
    if lines.len() > most {
        let left_out = lines.len() - most + 1;
        lines.drain(1..=left_out);
        lines.insert(1, format!("  … {left_out} lines"));
    }
    lines
}

/// Draws lines in the place of the last ones; how many there are now.
fn replace(before: usize, lines: &[String]) -> Result<usize, CliError> {
    let mut drawn = String::new();
    if before > 0 {
        // Up to the first of them, and nothing behind it.
        let _ = write!(drawn, "\x1b[{before}F\x1b[J");
    }
    // A line that were continued on the next would be two.
    drawn.push_str("\x1b[?7l");
    for line in lines {
        drawn.push_str(line);
        drawn.push('\n');
    }
    drawn.push_str("\x1b[?7h");
    output::raw(drawn.as_bytes())?;
    Ok(lines.len())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
