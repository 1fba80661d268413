//! What the readers of transcript lines share.

use codepiper_model::{Note, Timestamp, TurnEnded};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What a line of a transcript takes over from the lines before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReaderState {
    /// The latest entry, by the agent's name for it.
    pub(crate) entry: Option<String>,
    /// When that was, in milliseconds since the Unix epoch.
    pub(crate) at: i64,
    /// The model that answers.
    pub(crate) model: Option<String>,
    /// The sub-agent whose transcript it is.
    pub(crate) agent_id: Option<String>,
    /// The lines before the conversation's own belong to another one.
    pub(crate) is_copy: bool,
}

/// Why a line cannot be read, or not all of it.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct Malformed {
    why: String,
    /// What it says nevertheless.
    pub notes: Vec<Note>,
}

impl From<serde_json::Error> for Malformed {
    fn from(error: serde_json::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl Malformed {
    pub(crate) const fn new(why: String) -> Self {
        Self {
            why,
            notes: Vec::new(),
        }
    }

    /// The rest of the line can be read, and says that.
    pub(crate) fn beside(self, notes: Vec<Note>) -> Self {
        Self { notes, ..self }
    }
}

/// How long a turn took, where that can be.
pub(crate) fn turn_ms(told: u64) -> Result<u64, Malformed> {
    if told > TurnEnded::LONGEST_MS {
        let why = format!("no turn takes {told} milliseconds");
        return Err(Malformed::new(why));
    }
    Ok(told)
}

/// Reads a field that may as well be left out; `null` says as little.
pub(crate) fn or_default<'de, D, T>(field: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(field).map(Option::unwrap_or_default)
}

impl ReaderState {
    /// Where a line stands in time: never before the entry that it follows, also where the clock was
    /// set back, and with that entry where it does not tell.
    pub(crate) fn moment(&self, told: Option<Timestamp>, parent: Option<&str>) -> Timestamp {
        let follows = parent.is_some() && parent == self.entry.as_deref();
        let at = told.map_or(self.at, |at| {
            let at = at.as_millis();
            if follows { at.max(self.at) } else { at }
        });
        Timestamp::from_millis(at)
    }

    /// Notes the latest entry.
    pub(crate) fn pass(&mut self, entry: Option<&str>, at: Timestamp) {
        self.entry = entry.map(str::to_owned);
        self.at = at.as_millis();
    }
}

/// When a line was written, by its own words.
pub(crate) fn time(told: Option<&str>) -> Option<Timestamp> {
    told.and_then(|text| text.parse().ok())
}

/// What a line says whose time may be none: it stands where the line before it does then, which is
/// not kept quiet.
pub(crate) fn with_time(
    read: Result<Vec<Note>, Malformed>,
    told: Option<&str>,
) -> Result<Vec<Note>, Malformed> {
    const SHOWN: usize = 40;
    match (read, told) {
        (Ok(notes), Some(text)) if time(told).is_none() => {
            let shown: String = text.chars().take(SHOWN).collect();
            let why = format!("its time cannot be read: `{shown}`");
            Err(Malformed::new(why).beside(notes))
        }
        (read, _) => read,
    }
}

/// A tool call in one line: the command, the file or the address, otherwise the whole input.
pub(crate) fn about(input: &str) -> String {
    const NAMING: [&str; 11] = [
        "command",
        "cmd",
        "file_path",
        "notebook_path",
        "path",
        "url",
        "query",
        "pattern",
        "description",
        "message",
        "prompt",
    ];
    const SHOWN: usize = 500;
    let parsed: Value = serde_json::from_str(input).unwrap_or_default();
    let named = NAMING.iter().find_map(|name| match &parsed[*name] {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            words.map(|words| words.join(" "))
        }
        _ => None,
    });
    let whole = named.unwrap_or_else(|| input.to_owned());
    let line: String = whole.chars().take(SHOWN).collect();
    line.replace(|c: char| c.is_control(), " ")
}

/// Names a line that has no name of its own.
pub(crate) fn name(line: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(line);
    digest[..12]
        .iter()
        .fold("line-".to_owned(), |mut name, byte| {
            let _infallible = write!(name, "{byte:02x}");
            name
        })
}
