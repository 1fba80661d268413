use std::path::{Path, PathBuf};

use codepiper_model::Clock;
use codepiper_store::{Lock, StoreError};
use serde::Serialize;

use super::{BESIDE, BackupContents, DATABASE, HEAD, KEY, SESSIONS, Scratch, archive, proof};
use crate::config::make_private;
use crate::{Config, EngineError, keyring};

/// What came of a restore.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    /// What is there now.
    #[serde(flatten)]
    pub contents: BackupContents,
    /// Where what was there before is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<PathBuf>,
}

/// Puts a backup back, once all of it was read. Nothing is touched before. What is there already is
/// moved aside, which `force` has to allow. With `dry_run` only looks whether it could.
pub fn restore_backup(
    config: &Config,
    clock: &dyn Clock,
    from: &Path,
    force: bool,
    dry_run: bool,
) -> Result<Restored, EngineError> {
    config.make_directories()?;
    let scratch = Scratch::beside(config, "restore")?;
    archive::unpack(from, &scratch.0)?;
    make_private(&scratch.path(SESSIONS))?;
    let contents = proof::prove(&scratch.0)?;
    if dry_run {
        let before = None;
        return Ok(Restored { contents, before });
    }
    let _lock = Lock::take(&config.database).map_err(in_use)?;
    let before = move_aside(config, force, clock.now().as_millis())?;
    for name in BESIDE.into_iter().chain([HEAD, SESSIONS]) {
        let from = scratch.path(name);
        if from.exists() {
            let to = config.state_dir().join(name);
            if to.is_dir() {
                // Empty: what was in it is aside.
                fs_err::remove_dir(&to)?;
            }
            fs_err::rename(from, to)?;
        }
    }
    put_key(&scratch.path(KEY), &config.key_file())?;
    // Last: where there is no database, nothing has been restored.
    fs_err::rename(scratch.path(DATABASE), &config.database)?;
    fs_err::File::open(config.state_dir())?.sync_all()?;
    Ok(Restored { contents, before })
}

/// The key may be kept elsewhere, on another file system.
fn put_key(from: &Path, to: &Path) -> Result<(), EngineError> {
    let bytes = fs_err::read(from)?;
    if keyring::write_new(to, &bytes)? {
        return Ok(());
    }
    let message = format!("there is a key `{}`", to.display());
    Err(EngineError::conflict("key_exists", message))
}

/// Moves what a daemon kept here into a directory beside it; `None` where there was nothing.
fn move_aside(config: &Config, force: bool, now: i64) -> Result<Option<PathBuf>, EngineError> {
    let state = config.state_dir();
    let key = config.key_file();
    let mut there = Vec::new();
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = config.database.as_os_str().to_owned();
        name.push(suffix);
        there.push(PathBuf::from(name));
    }
    there.push(keyring::next_file(&key));
    there.push(key);
    there.extend(BESIDE.into_iter().chain([HEAD]).map(|n| state.join(n)));
    there.retain(|path| path.exists());
    let sessions = state.join(SESSIONS);
    let has_sessions = fs_err::read_dir(&sessions).is_ok_and(|mut all| all.next().is_some());
    if has_sessions {
        there.push(sessions);
    }
    let Some(first) = there.first() else {
        return Ok(None);
    };
    if !force {
        let message = format!("there is `{}` already", first.display());
        let hint = "give `--force` to have it moved aside";
        return Err(EngineError::conflict_with_hint("not_empty", message, hint));
    }
    let aside = state.join(format!("before-restore-{now}"));
    make_private(&aside)?;
    for path in there {
        let Some(name) = path.file_name() else {
            continue;
        };
        let to = aside.join(name);
        if fs_err::rename(&path, &to).is_err() {
            // On another file system.
            super::take(&path, &to)?;
            fs_err::remove_file(&path)?;
        }
    }
    Ok(Some(aside))
}

fn in_use(error: StoreError) -> EngineError {
    match error {
        StoreError::InUse { .. } => EngineError::conflict_with_hint(
            "daemon_runs",
            error.to_string(),
            "stop it first: `codepiper down`",
        ),
        error => error.into(),
    }
}
