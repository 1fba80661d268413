use serde_json::Value;

/// Settings for one run, which stand over the user's: `-c key=<TOML>` each.
#[derive(Debug, Default)]
pub(super) struct Overrides(Vec<String>);

impl Overrides {
    /// Sets `key` to a value that is written in TOML.
    pub(super) fn set(&mut self, key: &str, toml: &str) {
        self.0.push("-c".to_owned());
        self.0.push(format!("{key}={toml}"));
    }

    pub(super) fn into_args(self) -> Vec<String> {
        self.0
    }
}

/// A string as TOML writes it. JSON writes the same, but for one character.
pub(super) fn text(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// A table on one line. Its keys must not be paths: `a."b".c=…` is not understood.
pub(super) fn table(entries: impl IntoIterator<Item = (String, String)>) -> String {
    let entries = entries.into_iter();
    let entries: Vec<String> = entries
        .map(|(key, toml)| format!("{}={toml}", text(&key)))
        .collect();
    format!("{{{}}}", entries.join(","))
}
