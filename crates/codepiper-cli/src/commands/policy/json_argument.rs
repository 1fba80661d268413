//! JSON on the command line: as it stands, in a file (`@FILE`) or on standard input (`-`).

use std::io::Read as _;

use serde_json::Value;

use crate::error::CliError;

/// Rules: a list of them, or a single one.
pub(super) fn rules(text: &str) -> Result<Value, CliError> {
    Ok(match value("--rules", text)? {
        rule @ Value::Object(_) => Value::Array(vec![rule]),
        other => other,
    })
}

/// The JSON that was given for `flag`.
pub(super) fn value(flag: &str, text: &str) -> Result<Value, CliError> {
    let (json, place) = match (text, text.strip_prefix('@')) {
        ("-", _) => {
            let mut input = String::new();
            let read = std::io::stdin().read_to_string(&mut input);
            read.map_err(|error| CliError::usage(format!("`{flag} -`: {error}")))?;
            (input, "standard input".to_owned())
        }
        (_, Some(path)) => {
            let read = fs_err::read_to_string(path);
            let input = read.map_err(|error| CliError::usage(format!("`{flag}`: {error}")))?;
            (input, format!("`{path}`"))
        }
        (text, None) => (text.to_owned(), format!("`{flag}`")),
    };
    serde_json::from_str(&json).map_err(|error| {
        // It ends with the line and the column.
        CliError::usage(format!("{place} is no JSON: {error}"))
    })
}
