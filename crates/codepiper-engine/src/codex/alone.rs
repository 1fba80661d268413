//! Codex without its app-server: a terminal of its own, hooks, and the screen.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codepiper_providers::codex::rpc::{INITIALIZED, hooks_list, initialize};
use codepiper_providers::codex::{Alone, Listed, hooks_on};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::start::hooks_missing;
use crate::EngineError;
use crate::config::make_private;
use crate::programs::said;

/// How long an app-server may take to say which hooks it would run: 0.1 s, 0.4 s for the first
/// time.
const LIST_MAX: Duration = Duration::from_secs(10);

/// Refuses a start whose hooks would not run: Codex says nothing of those that it passes over. An
/// app-server is asked that ends then, and where there is none, whether hooks are switched on.
pub(crate) async fn check_hooks(
    alone: &Alone,
    environment: &BTreeMap<OsString, OsString>,
    cwd: &Path,
) -> Result<(), EngineError> {
    if let Some(home) = alone.home.as_deref().filter(|home| !home.exists()) {
        make_private(home)?;
    }
    let Some((program, args)) = alone.app_server.split_first() else {
        return Ok(());
    };
    let program = Path::new(program);
    if let Some(list) = listed(program, args, environment, cwd).await {
        let missing = alone.missing(&list);
        return if missing.is_empty() {
            Ok(())
        } else {
            Err(hooks_missing(&missing))
        };
    }
    let features = said(program, &["features", "list"], environment, cwd).await;
    match features.as_deref().and_then(hooks_on) {
        Some(false) => Err(hooks_missing(&["PreToolUse"])),
        Some(true) | None => Ok(()),
    }
}

async fn listed(
    program: &Path,
    args: &[String],
    environment: &BTreeMap<OsString, OsString>,
    cwd: &Path,
) -> Option<Vec<Listed>> {
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(environment);
    command.current_dir(cwd).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = command.stderr(Stdio::null()).spawn().ok()?;
    let (mut input, output) = (server.stdin.take()?, server.stdout.take()?);
    let asking = async {
        let hello = initialize(env!("CARGO_PKG_VERSION")).message(1);
        let question = hooks_list(cwd).message(2);
        let text = format!("{hello}\n{INITIALIZED}\n{question}\n");
        input.write_all(text.as_bytes()).await.ok()?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await.ok()? {
            let message: Value = serde_json::from_str(&line).unwrap_or_default();
            if message["id"] == 2 {
                return message.get("result").map(Listed::all);
            }
        }
        None
    };
    let list = timeout(LIST_MAX, asking).await.ok().flatten();
    drop(server.kill().await);
    list
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
