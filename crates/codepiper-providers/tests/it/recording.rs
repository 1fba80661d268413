use std::path::Path;

use codepiper_providers::ScreenText;
use serde_json::Value;

/// A screen of a real program, as tmux showed it.
#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
    pub(crate) title: String,
    cursor: (u16, u16),
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
        }
    }

    pub(crate) fn screen(&self) -> ScreenText<'_> {
        ScreenText {
            lines: &self.lines,
            title: &self.title,
            cursor: self.cursor,
            cols: 120,
        }
    }
}

/// The entry for a recording: the longest that its name begins with.
pub(crate) fn expected<'a, T>(table: &'a [(&str, T)], name: &str) -> Option<&'a T> {
    let fitting = table.iter().filter(|(prefix, _)| name.starts_with(prefix));
    let longest = fitting.max_by_key(|(prefix, _)| prefix.len());
    longest.map(|(_, entry)| entry)
}
