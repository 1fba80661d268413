use serde_json::{Map, Value, json};

use super::Context;
use crate::cli::Settings;
use crate::error::CliError;
use crate::output;

const PATH: &str = "/settings/daemon";

pub(super) async fn run(context: &Context, args: Settings) -> Result<(), CliError> {
    let client = &context.client;
    let answer = client.get(PATH).await?;
    let known = answer["settings"].as_object().cloned().unwrap_or_default();
    if let Some(name) = args.name.as_ref().filter(|name| !known.contains_key(*name)) {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        return Err(CliError::usage(format!(
            "there is no setting `{name}`; there are {}",
            names.join(", ")
        )));
    }
    let (answer, shown) = match (args.name, args.value) {
        (Some(name), Some(value)) => {
            let change = json!({ &name: value_of(value) });
            (client.put(PATH, &change).await?, Some(name))
        }
        (name, _) => (answer, name),
    };
    if context.json {
        return output::json(&answer);
    }
    match (shown, answer["settings"].as_object()) {
        (Some(name), Some(settings)) => output::line(words(&settings[&name])),
        (None, Some(settings)) => list(settings),
        (_, None) => Ok(()),
    }
}

fn list(settings: &Map<String, Value>) -> Result<(), CliError> {
    let longest = settings.keys().map(String::len).max().unwrap_or_default();
    for (name, value) in settings {
        output::line(format!("{name:<longest$}  {}", words(value)))?;
    }
    Ok(())
}

/// As it stands in JSON, or else a text.
fn value_of(text: String) -> Value {
    match serde_json::from_str(&text) {
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::String(text),
    }
}

fn words(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
