//! Where transcripts are.

use std::path::{Path, PathBuf};

use crate::directories::repository;

/// The files of a folder; none where there is no such folder.
pub(super) async fn files_in(folder: PathBuf) -> Vec<PathBuf> {
    let list = move || {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        let mut paths: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    tokio::task::spawn_blocking(list).await.unwrap_or_default()
}

/// The transcript of that conversation in the folder of another one, or in the newest folder beside
/// that: an agent that keeps them by day began it a moment ago.
pub(super) async fn beside(transcript: &Path, conversation: &str) -> Option<PathBuf> {
    let here = transcript.parent()?.to_owned();
    let ending = format!("{conversation}.jsonl");
    let mut folders = vec![here.clone()];
    let today = tokio::task::spawn_blocking(move || newest_below(here.ancestors().nth(3)?)).await;
    folders.extend(today.ok().flatten());
    for folder in folders {
        let is_it = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.ends_with(&ending))
        };
        if let Some(found) = files_in(folder).await.into_iter().find(is_it) {
            return Some(found);
        }
    }
    None
}

/// `<root>/<year>/<month>/<day>`, the newest there is.
fn newest_below(root: &Path) -> Option<PathBuf> {
    let mut folder = root.to_owned();
    for _ in 0..3 {
        let entries = std::fs::read_dir(&folder).ok()?.flatten();
        folder = entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .max()?;
    }
    Some(folder)
}

/// A folder, or the nearest one around it that is there.
pub(super) fn nearest_folder(folder: &Path) -> Option<PathBuf> {
    let found = folder.ancestors().find(|folder| folder.is_dir());
    found.map(Path::to_owned)
}

/// What work in a directory is counted for: the repository around it, or the directory.
pub(super) fn project(cwd: &Path) -> String {
    repository::root(cwd).unwrap_or(cwd).display().to_string()
}
