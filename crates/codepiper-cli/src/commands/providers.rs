use serde_json::Value;

use super::Context;
use crate::error::CliError;
use crate::output;

pub(super) async fn run(context: &Context) -> Result<(), CliError> {
    let answer = context.client.get("/providers").await?;
    if context.json {
        return output::json(&answer);
    }
    let none = Vec::new();
    let rows: Vec<[String; 5]> = answer["providers"]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .map(row)
        .collect();
    output::table(["ID", "INSTALLED", "SIGNED IN", "ACTIVITY", "HINT"], &rows)
}

fn row(provider: &Value) -> [String; 5] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let yes = |value: &Value| if value == true { "yes" } else { "no" }.to_owned();
    [
        text(&provider["id"]),
        yes(&provider["installed"]),
        yes(&provider["signedIn"]),
        text(&provider["capabilities"]["activity"]),
        text(&provider["hint"]),
    ]
}
