use std::str::FromStr;

use rusqlite::Row;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// Reads a column whose text parses as `T`.
pub(crate) fn parsed<T: FromStr>(row: &Row<'_>, column: &'static str) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| StoreError::Unreadable {
        column,
        value: text,
    })
}

/// Reads a column that holds the name of a value of the vocabulary.
pub(crate) fn named<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    serde_json::from_value(text.clone().into()).map_err(|_| StoreError::Unreadable {
        column,
        value: text,
    })
}

/// Reads a column that holds JSON.
pub(crate) fn json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    Ok(serde_json::from_str(&text)?)
}
