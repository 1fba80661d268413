//! YAML, as people write it in files: read with the place of everything in it, and written so that
//! they like to read it. JSON is YAML.
//!
//! The only code that knows which parser does it.

mod error;
mod tree;

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use error::YamlError;
use tree::Tree;

/// The most bytes a text may have.
pub const YAML_BYTES_MAX: usize = 1024 * 1024;

/// The most values a text may hold, those that its aliases stand for included.
const NODES_MAX: usize = 20_000;

/// A text, what it says, and where it says it.
#[derive(Clone, Debug)]
pub struct Yaml {
    value: Value,
    places: HashMap<String, Places>,
    text: String,
}

/// Lines and columns, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Where a part stands, and the key before it.
#[derive(Clone, Copy, Debug)]
struct Places {
    key: Place,
    value: Place,
}

impl Yaml {
    /// Reads one document. A key that is there twice is an error.
    pub fn parse(text: &str) -> Result<Self, YamlError> {
        if text.len() > YAML_BYTES_MAX {
            let message = format!("the text has more than {YAML_BYTES_MAX} bytes");
            return Err(YamlError::nowhere(message));
        }
        let tree = Tree::parse(text)?;
        let mut places = HashMap::new();
        let value = tree.into_value(String::new(), None, &mut places);
        Ok(Self {
            value,
            places,
            text: text.to_owned(),
        })
    }

    /// What it says.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Makes it what it is meant to be.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, YamlError> {
        serde_path_to_error::deserialize(&self.value).map_err(|error| {
            let why = error.inner();
            match error.path().to_string().as_str() {
                "." => self.error_at_key("", why.to_string()),
                path => self.error_at_key(path, format!("`{path}`: {why}")),
            }
        })
    }

    /// Something is wrong with the part of this path, such as `rules[0].command`.
    pub fn error_at(&self, path: &str, message: impl Into<String>) -> YamlError {
        let place = self.places(path).map(|places| places.value);
        YamlError::new(path, message, place, &self.text)
    }

    /// The same, where the key itself may be what is wrong.
    pub fn error_at_key(&self, path: &str, message: impl Into<String>) -> YamlError {
        let place = self.places(path).map(|places| places.key);
        YamlError::new(path, message, place, &self.text)
    }

    /// Where a part stands, or else the smallest one around it: what is missing is missing there.
    fn places(&self, path: &str) -> Option<Places> {
        let mut path = path;
        loop {
            if let Some(places) = self.places.get(path) {
                return Some(*places);
            }
            if path.is_empty() {
                return None;
            }
            path = &path[..path.rfind(['.', '[']).unwrap_or(0)];
        }
    }
}

/// Writes a value: blocks rather than brackets, and long texts on lines of their own.
pub fn to_yaml(value: &impl Serialize) -> Result<String, YamlError> {
    let options = serde_saphyr::ser_options! { compact_list_indent: false };
    serde_saphyr::to_string_with_options(value, options)
        .map_err(|error| YamlError::nowhere(error.to_string()))
}

#[cfg(test)]
mod tests;
