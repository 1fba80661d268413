//! `config.toml` beside the database: what a person wants to be the same on every machine. It is read
//! when the daemon starts.

use std::ffi::OsString;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::table::described;
use super::values::SettingsChange;
use crate::Config;

/// What the file says, as far as it makes sense.
#[derive(Clone, Debug, Default)]
pub struct SettingsFile {
    /// The settings that are kept in the database where somebody changes them.
    pub(crate) stored: Map<String, Value>,
    /// The others.
    pub(crate) start: Map<String, Value>,
    /// What does not make sense, in words.
    pub problems: Vec<String>,
}

impl SettingsFile {
    /// Reads the file; nothing of it where there is none.
    pub fn read(config: &Config) -> Self {
        let path = config.settings_file();
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::default(),
            Err(error) => return Self::broken(error.to_string()),
        };
        match text.parse::<toml::Table>() {
            Ok(table) => Self::of(&table, &path),
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                let line = text
                    .get(..start)
                    .map_or(0, |before| before.matches('\n').count())
                    + 1;
                let why = error.message();
                Self::broken(format!("`{}`, line {line}: {why}", path.display()))
            }
        }
    }

    /// Sets the variables that the file sets and the environment does not.
    pub fn fill(&self, config: &mut Config) {
        for (name, value) in &self.start {
            let variable = described(name).and_then(|setting| setting.variable);
            if let Some(variable) = variable.filter(|name| config.var_os(name).is_empty()) {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                config
                    .environment
                    .insert(variable.into(), OsString::from(text));
                config.filled.insert(variable);
            }
        }
    }

    fn broken(problem: String) -> Self {
        Self {
            problems: vec![problem],
            ..Self::default()
        }
    }

    fn of(table: &toml::Table, path: &Path) -> Self {
        let mut file = Self::default();
        for (name, value) in table {
            match checked(name, value) {
                Ok((true, value)) => drop(file.stored.insert(name.clone(), value)),
                Ok((false, value)) => drop(file.start.insert(name.clone(), value)),
                Err(why) => file.problems.push(format!("`{}`: {why}", path.display())),
            }
        }
        file
    }
}

/// A setting's value, and whether it is one that is stored.
fn checked(name: &str, value: &toml::Value) -> Result<(bool, Value), String> {
    let shown: String = name.chars().take(64).collect();
    let setting = described(name).ok_or_else(|| format!("there is no setting `{shown}`"))?;
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    if setting.is_stored() {
        let change: SettingsChange = serde_json::from_value(json!({ name: value }))
            .map_err(|error| format!("`{name}`: {error}"))?;
        let change = change.checked().map_err(|error| error.to_string())?;
        return Ok((true, change.values().remove(name).unwrap_or(value)));
    }
    match (setting.kind, &value) {
        ("number", Value::Number(_)) | (_, Value::String(_)) => Ok((false, value)),
        (_, Value::Bool(yes)) => Ok((false, json!(if *yes { "1" } else { "0" }))),
        (kind, _) => Err(format!("`{name}` is a {kind}")),
    }
}
