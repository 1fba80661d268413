//! What is taken from an answer.

use regex::Regex;
use serde_json::{Value, json};
use serde_json_path::JsonPath;

/// How a result is taken from an answer or an output.
#[derive(Clone, Debug)]
pub enum Extract {
    /// The first match of a pattern: the whole, its group, or its groups as a list.
    Regex(Regex),
    /// What a JSON path finds in the JSON of the answer.
    JsonPath(JsonPath),
    /// The JSON in the answer, which has to be what a schema says.
    Json(Option<Value>),
    /// The answer itself.
    Reply,
    /// The content of a file, by its path in the session's directory.
    File(String),
    /// What changed in the git repository since the step began.
    DiffStat,
    /// What the session has cost, in dollars.
    Cost,
}

/// The longest pattern.
const PATTERN_MAX: usize = 10_000;

impl PartialEq for Extract {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Regex(a), Self::Regex(b)) => a.as_str() == b.as_str(),
            (Self::JsonPath(a), Self::JsonPath(b)) => a == b,
            (Self::Json(a), Self::Json(b)) => a == b,
            (Self::File(a), Self::File(b)) => a == b,
            (Self::Reply, Self::Reply)
            | (Self::DiffStat, Self::DiffStat)
            | (Self::Cost, Self::Cost) => true,
            _ => false,
        }
    }
}

impl Extract {
    pub(crate) fn regex(pattern: &str) -> Result<Self, String> {
        if pattern.len() > PATTERN_MAX {
            return Err(format!("a pattern has at most {PATTERN_MAX} bytes"));
        }
        let regex = regex::RegexBuilder::new(pattern)
            .size_limit(4 << 20)
            .build();
        regex.map(Self::Regex).map_err(|error| {
            let error = error.to_string();
            let why = error.lines().last().unwrap_or_default();
            format!(
                "`{pattern}` is no pattern: {}",
                why.trim_start_matches("error: ")
            )
        })
    }

    pub(crate) fn json_path(path: &str) -> Result<Self, String> {
        let parsed = JsonPath::parse(path);
        let parsed = parsed.map_err(|error| format!("`{path}` is no JSON path: {error}"))?;
        Ok(Self::JsonPath(parsed))
    }

    pub(crate) fn json(schema: Option<Value>) -> Result<Self, String> {
        if let Some(schema) = &schema {
            jsonschema::validator_for(schema)
                .map_err(|error| format!("no JSON Schema: {error}"))?;
        }
        Ok(Self::Json(schema))
    }

    /// What it takes from a text, where the text is all it needs.
    pub(crate) fn of_text(&self, text: &str) -> Option<Result<Value, String>> {
        Some(match self {
            Self::Regex(pattern) => Ok(matched(pattern, text)),
            Self::JsonPath(path) => json_in(text)
                .ok_or_else(|| "the answer has no JSON in it".to_owned())
                .map(|found| found_by(path, &found)),
            Self::Json(schema) => json_in(text)
                .ok_or_else(|| "the answer has no JSON in it".to_owned())
                .and_then(|found| checked(schema.as_ref(), found)),
            Self::Reply => Ok(json!(text)),
            Self::File(_) | Self::DiffStat | Self::Cost => return None,
        })
    }
}

fn matched(pattern: &Regex, text: &str) -> Value {
    let Some(found) = pattern.captures(text) else {
        return Value::Null;
    };
    let groups: Vec<Value> = found
        .iter()
        .skip(1)
        .map(|group| group.map_or(Value::Null, |group| json!(group.as_str())))
        .collect();
    match groups.len() {
        0 => json!(found.get_match().as_str()),
        1 => groups.into_iter().next().unwrap_or_default(),
        _ => Value::Array(groups),
    }
}

fn found_by(path: &JsonPath, value: &Value) -> Value {
    let mut found: Vec<Value> = path.query(value).all().into_iter().cloned().collect();
    match found.len() {
        0 => Value::Null,
        1 => found.remove(0),
        _ => Value::Array(found),
    }
}

fn checked(schema: Option<&Value>, value: Value) -> Result<Value, String> {
    let Some(schema) = schema else {
        return Ok(value);
    };
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    match validator.validate(&value) {
        Ok(()) => Ok(value),
        Err(error) => {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() {
                "it".to_owned()
            } else {
                format!("`{place}`")
            };
            let why: String = error.to_string().chars().take(300).collect();
            Err(format!(
                "the JSON of the answer is not as it should be: {place}: {why}"
            ))
        }
    }
}

/// The JSON of a text: all of it, the last fenced block that is JSON, or the last object or list
/// that stands in it.
pub(crate) fn json_in(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let fenced = text.split("```").skip(1).step_by(2).filter_map(|block| {
        let body = block.split_once('\n').map_or(block, |(_, body)| body);
        serde_json::from_str(body.trim()).ok()
    });
    fenced.last().or_else(|| last_bare(text))
}

/// Tries each place where an object or a list may begin, but not for ever.
fn last_bare(text: &str) -> Option<Value> {
    const TRIES: usize = 200;
    let mut found = None;
    let mut from = 0;
    for _ in 0..TRIES {
        let at = from + text[from..].find(['{', '['])?;
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                from = at + values.byte_offset();
                found = Some(value);
            }
            _ => from = at + 1,
        }
        if !text[from..].contains(['{', '[']) {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_taken_from_answers() {
        let text =
            "Tests: 12 pass, 3 fail\nSee:\n```json\n{\"ok\": false, \"n\": [1, 2]}\n```\nDone.";
        let regex = |pattern: &str| Extract::regex(pattern).unwrap().of_text(text).unwrap();
        assert_eq!(regex(r"Tests: (\d+) pass"), Ok(json!("12")));
        assert_eq!(regex(r"(\d+) pass, (\d+) fail"), Ok(json!(["12", "3"])));
        assert_eq!(regex("Do.e"), Ok(json!("Done")));
        assert_eq!(regex("nothing"), Ok(Value::Null));
        let path = |path: &str| Extract::json_path(path).unwrap().of_text(text).unwrap();
        assert_eq!(path("$.ok"), Ok(json!(false)));
        assert_eq!(path("$.n[*]"), Ok(json!([1, 2])));
        assert_eq!(path("$.none"), Ok(Value::Null));
        let schema = json!({ "type": "object", "properties": { "ok": { "type": "boolean" } } });
        let json = |schema| Extract::json(Some(schema)).unwrap().of_text(text).unwrap();
        assert_eq!(json(schema), Ok(json!({ "ok": false, "n": [1, 2] })));
        let strict = json!({ "properties": { "ok": { "type": "string" } } });
        assert!(json(strict).unwrap_err().contains("`/ok`"));
        assert_eq!(json_in("It is {\"a\": 1} or [2]."), Some(json!([2])));
        assert_eq!(json_in("nothing {here"), None);
        assert!(Extract::regex("(?=x)").unwrap_err().contains("look-around"));
    }
}
