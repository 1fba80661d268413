use std::collections::BTreeMap;
use std::path::Path;

use codepiper_model::{ActivityState, ProviderId};
use codepiper_providers::{Reading, ScreenText, latest_turn, provider};
use serde_json::Value;

/// A screen of a real program, as tmux showed it.
#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
    pub(crate) title: String,
    cursor: (u16, u16),
    cursor_visible: bool,
    cols: u16,
    /// What the agent wrote down of the latest turn, where that was kept.
    transcript: Option<String>,
}

impl Recording {
    /// Every recording in a folder of `tests/fixtures`, by the end of its file's name.
    pub(crate) fn all(folder: &str, suffix: &str) -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(folder);
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            if let Some(name) = file.strip_suffix(suffix) {
                all.push(Self::read(&path, name));
            }
        }
        all
    }

    fn read(screen: &Path, name: &str) -> Self {
        let meta = screen.with_file_name(format!("{name}.meta.json"));
        let meta: Value = serde_json::from_str(&std::fs::read_to_string(meta).unwrap()).unwrap();
        let number = |i: usize| u16::try_from(meta["cursor"][i].as_u64().unwrap()).unwrap();
        let text = std::fs::read_to_string(screen).unwrap();
        Self {
            name: name.to_owned(),
            lines: text
                .lines()
                .map(|line| line.trim_end().to_owned())
                .collect(),
            title: meta["title"].as_str().unwrap().to_owned(),
            cursor: (number(0), number(1)),
            cursor_visible: meta["cursor_visible"].as_bool().unwrap(),
            cols: meta["cols"].as_u64().map_or(120, |n| n.try_into().unwrap()),
            transcript: ["transcript", "rollout"].iter().find_map(|kind| {
                let file = screen.with_file_name(format!("{name}.{kind}.jsonl"));
                std::fs::read_to_string(file).ok()
            }),
        }
    }

    /// What the screen and the transcript say together: the state, and what it is read from.
    pub(crate) fn told(&self, id: ProviderId) -> (Reading, ActivityState, String) {
        let provider = provider(id);
        let reading = provider.read_screen(self.screen());
        let claim = provider.read_trouble(self.screen());
        let written = self.transcript.as_deref().and_then(latest_turn);
        let written = written.and_then(|turn| turn.trouble);
        let confirmed = claim.and_then(|claim| {
            let is_certain = claim.is_certain;
            is_certain.then_some(claim.trouble).or(written)
        });
        match confirmed.map(|trouble| trouble.kind) {
            Some(kind) if kind.needs_person() => {
                (reading, ActivityState::NeedsInput, kind.as_str().to_owned())
            }
            Some(kind) => (reading, reading.state, kind.as_str().to_owned()),
            None => (reading, reading.state, reading.kind.to_owned()),
        }
    }

    pub(crate) fn screen(&self) -> ScreenText<'_> {
        ScreenText {
            lines: &self.lines,
            title: &self.title,
            cursor: self.cursor,
            cursor_visible: self.cursor_visible,
            cols: self.cols,
        }
    }
}

/// The state and the kind of each recording in a folder, from its `expected.txt`.
pub(crate) fn expected(folder: &str) -> BTreeMap<String, (String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder)
        .join("expected.txt");
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().map(|row| {
        let mut words = row.split_whitespace().map(str::to_owned);
        let mut word = || words.next().unwrap();
        (word(), (word(), word()))
    });
    rows.collect()
}

/// What is wrong with how recordings are read: each has to say what the table says of it, and to
/// have text in its prompt box where `typed` names it.
pub(crate) fn misread(
    id: ProviderId,
    folder: &str,
    recordings: &[Recording],
    typed: &[&str],
) -> Vec<String> {
    let table = expected(folder);
    let mut wrong = Vec::new();
    for recording in recordings {
        let name = recording.name.as_str();
        let (reading, state, kind) = recording.told(id);
        let is_typed = typed.contains(&name);
        let said = (state.as_str().to_owned(), kind);
        let is_right =
            table.get(name) == Some(&said) && (!reading.has_box || reading.box_empty != is_typed);
        if !is_right {
            wrong.push(format!(
                "{name}: expected {:?} typed={is_typed}, read {said:?} {reading:?}",
                table.get(name)
            ));
        }
    }
    let names: Vec<&String> = recordings.iter().map(|recording| &recording.name).collect();
    let gone = table.keys().filter(|name| !names.contains(name));
    wrong.extend(gone.map(|name| format!("{name}: not recorded")));
    wrong
}
