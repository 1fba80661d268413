//! From what came back to what others can refer to.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::definition::{CommandStep, Turn};
use crate::extract::Extract;
use crate::input::{Answer, Further, Output};

/// The results of a turn.
pub(super) fn of_turn(turn: &Turn, answer: &Answer) -> Result<Map<String, Value>, String> {
    // A pattern may look for what was said in the middle; JSON is what the answer ends with.
    let said = if answer.said.is_empty() {
        &answer.reply
    } else {
        &answer.said
    };
    let extracted = extracted(&turn.extract, said, &answer.reply, &answer.further)?;
    let mut result = named(&extracted);
    result.insert("reply".to_owned(), json!(answer.reply));
    result
        .entry("result")
        .or_insert_with(|| json!(answer.reply));
    Ok(result)
}

/// The results of a program, and why it failed where it did.
pub(super) fn of_command(
    command: &CommandStep,
    output: &Output,
) -> (Map<String, Value>, Option<String>) {
    let text = format!("{}{}", output.stdout, output.stderr);
    let extracted = extracted(&command.extract, &text, &output.stdout, &output.further);
    let (extracted, why_not) = match extracted {
        Ok(extracted) => (extracted, None),
        Err(why) => (BTreeMap::new(), Some(why)),
    };
    let mut result = named(&extracted);
    for key in ["exitCode", "exit_code"] {
        result.insert(key.to_owned(), json!(output.exit_code));
    }
    result.insert("stdout".to_owned(), json!(output.stdout));
    result.insert("stderr".to_owned(), json!(output.stderr));
    result.insert("output".to_owned(), json!(text));
    result
        .entry("result")
        .or_insert_with(|| json!(output.stdout.trim_end()));
    let failed = match output.exit_code {
        Some(0) => None,
        _ if command.allow_failure => None,
        Some(code) => Some(format!("exit code {code}{}", end_of(&text))),
        None => Some(format!("ended by a signal{}", end_of(&text))),
    };
    (result, failed.or(why_not))
}

fn extracted(
    extracts: &BTreeMap<String, Extract>,
    said: &str,
    reply: &str,
    further: &Further,
) -> Result<BTreeMap<String, Value>, String> {
    let mut values = BTreeMap::new();
    for (name, extract) in extracts {
        let text = if matches!(extract, Extract::Regex(_)) {
            said
        } else {
            reply
        };
        let value = match extract {
            Extract::File(path) => match further.files.get(path).cloned().flatten() {
                Some(content) => Ok(json!(content)),
                None => Err(format!("file `{path}` cannot be read")),
            },
            Extract::DiffStat => Ok(json!(further.diff_stat)),
            Extract::Cost => Ok(json!(further.cost)),
            of_text => of_text.of_text(text).unwrap_or(Ok(Value::Null)),
        };
        let value = value.map_err(|why| format!("`{name}`: {why}"))?;
        values.insert(name.clone(), value);
    }
    Ok(values)
}

fn named(extracted: &BTreeMap<String, Value>) -> Map<String, Value> {
    let mut result: Map<String, Value> = extracted.clone().into_iter().collect();
    for key in ["extractedData", "extracted_data"] {
        result.insert(key.to_owned(), json!(extracted));
    }
    result
}

/// The last line of an output, for a message.
fn end_of(text: &str) -> String {
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    last.map_or_else(String::new, |line| {
        let shown: String = line.trim().chars().take(200).collect();
        format!(": {shown}")
    })
}

pub(super) fn times(count: u32) -> String {
    match count {
        1 => "1 round".to_owned(),
        many => format!("{many} rounds"),
    }
}
