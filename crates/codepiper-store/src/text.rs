use regex::{Regex, RegexBuilder, escape};
use serde_json::Value;

use crate::StoreError;

/// A text that is looked for, whatever the case of its letters.
pub(crate) struct Text {
    plain: Regex,
    /// The same as it stands in JSON.
    in_json: Regex,
}

impl Text {
    pub(crate) fn new(text: &str) -> Result<Self, StoreError> {
        let regex = |text: &str| {
            RegexBuilder::new(&escape(text))
                .case_insensitive(true)
                .build()
                .map_err(|_| StoreError::TextTooLong)
        };
        let json = serde_json::to_string(text)?;
        Ok(Self {
            plain: regex(text)?,
            in_json: regex(&json[1..json.len() - 1])?,
        })
    }

    /// Whether it may be in a value that is written so; quicker than reading that.
    pub(crate) fn may_be_in(&self, json: &str) -> bool {
        self.in_json.is_match(json)
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.plain.is_match(text)
    }

    /// Whether it is in a text or a number of the value, however deep. Names of fields do not count.
    pub(crate) fn is_within(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Number(number) => self.is_in(&number.to_string()),
            Value::String(text) => self.is_in(text),
            Value::Array(items) => items.iter().any(|item| self.is_within(item)),
            Value::Object(fields) => fields.values().any(|field| self.is_within(field)),
        }
    }
}
