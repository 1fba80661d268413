use codepiper_api::ToolUsage;

use super::csv;
use crate::error::CliError;
use crate::{output, usage_line};

pub(super) fn print(tools: &[ToolUsage], as_csv: bool) -> Result<(), CliError> {
    if as_csv {
        let head = ["tool", "count", "errors", "averageMs"];
        return csv::table(
            head,
            tools.iter().map(|tool| row(tool, |ms| ms.to_string())),
        );
    }
    if tools.is_empty() {
        output::note("no tool was used in that time");
        return Ok(());
    }
    let rows: Vec<_> = tools
        .iter()
        .map(|tool| row(tool, usage_line::duration))
        .collect();
    output::table(["TOOL", "CALLS", "FAILED", "ON AVERAGE"], &rows)
}

fn row(tool: &ToolUsage, duration: impl Fn(u64) -> String) -> [String; 4] {
    [
        tool.tool.clone(),
        tool.count.to_string(),
        tool.errors.to_string(),
        tool.average_ms.map(duration).unwrap_or_default(),
    ]
}
