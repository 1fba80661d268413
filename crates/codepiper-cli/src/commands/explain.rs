use serde_json::Value;

use super::Context;
use crate::cli::One;
use crate::error::CliError;
use crate::{output, resolve, tool_line};

pub(super) async fn run(context: &Context, args: &One) -> Result<(), CliError> {
    let session = resolve::session(&context.client, &args.session).await?;
    let path = format!("/sessions/{}/explain", session.id);
    let answer = context.client.get(&path).await?;
    if context.json {
        return output::json(&answer);
    }
    let activity = &answer["activity"];
    let believed = &activity["evidence"];
    output::line(format!(
        "{} {}, because {} says {}: {}",
        text(&answer["status"]),
        text(&activity["state"]),
        text(&believed["source"]),
        text(&believed["type"]),
        text(&answer["because"]),
    ))?;
    output::line(terms(&answer))?;
    for warning in answer["warnings"].as_array().into_iter().flatten() {
        output::line(format!("warning: {}", text(warning)))?;
    }
    let none = Vec::new();
    let signs = answer["signs"].as_array().unwrap_or(&none);
    let rows: Vec<_> = signs.iter().map(row).collect();
    output::table(["", "SOURCE", "SAYS", "SEEN", "AGE", "WORDS"], &rows)
}

/// What it may do, how it is heard, and what cannot be done like that.
fn terms(answer: &Value) -> String {
    let mut parts = Vec::new();
    if let (Some(sandbox), Some(asks)) = (answer["sandbox"].as_str(), answer["approvals"].as_str())
    {
        parts.push(format!("sandbox {sandbox}, asks {asks}"));
    }
    parts.push(format!("heard over {}", text(&answer["channel"])));
    for (how, says) in [("screen", "by the screen"), ("none", "not at all")] {
        let things = answer["support"].as_object().into_iter().flatten();
        let things = things.filter(|(_, native)| *native == how);
        let names: Vec<_> = things.map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            parts.push(format!("{says}: {}", names.join(", ")));
        }
    }
    parts.join("; ")
}

fn row(sign: &Value) -> [String; 6] {
    let age = sign["ageMs"].as_i64().unwrap_or_default().max(0);
    let mark = if sign["believed"] == true { "*" } else { "" };
    [
        mark.to_owned(),
        text(&sign["source"]),
        text(&sign["says"]),
        text(&sign["type"]),
        format!("{}.{} s", age / 1000, age % 1000 / 100),
        tool_line::visible(sign["detail"].as_str().unwrap_or_default()),
    ]
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("-").to_owned()
}
