//! Codex without its app-server: a terminal of its own, hooks, and the screen.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use codepiper_providers::codex::hooks_on;

use super::start::HOOKS_HINT;
use crate::EngineError;
use crate::programs::said;

/// Refuses a start whose hooks would not run, as far as Codex says so.
pub(crate) async fn check_hooks(
    program: &Path,
    environment: &BTreeMap<OsString, OsString>,
    cwd: &Path,
) -> Result<(), EngineError> {
    let features = said(program, &["features", "list"], environment, cwd).await;
    match features.as_deref().and_then(hooks_on) {
        Some(false) => Err(EngineError::conflict_with_hint(
            "hooks_not_trusted",
            "Codex does not run hooks, through which CodePiper decides",
            HOOKS_HINT,
        )),
        Some(true) | None => Ok(()),
    }
}

/// Where a conversation is written down: `<root>/<year>/<month>/<day>/rollout-<time>-<id>.jsonl`.
pub(crate) fn rollout(root: &Path, id: &str) -> Option<PathBuf> {
    let end = format!("-{id}.jsonl");
    let mut folders = vec![root.to_owned()];
    for _ in 0..3 {
        folders = folders.iter().flat_map(|folder| entries(folder)).collect();
    }
    let files = folders.iter().flat_map(|folder| entries(folder));
    files.into_iter().find(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("rollout-") && name.ends_with(&end)
    })
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}
