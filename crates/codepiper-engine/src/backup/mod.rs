//! Backups: one file with everything that a daemon keeps, the key among it, and the way back. Neither
//! passes for good before it was read: the copy's pages, its audit, and every secret in it.

mod archive;
mod proof;
mod restore;

use std::path::{Path, PathBuf};

use codepiper_model::{Clock, Timestamp};
use codepiper_store::copy;
use serde::{Deserialize, Serialize};

use crate::config::make_private;
use crate::{Config, EngineError};

pub use proof::BackupContents;
pub use restore::{Restored, restore_backup};

const DATABASE: &str = "codepiper.db";
const KEY: &str = "key";
const HEAD: &str = "audit-head.json";
const SESSIONS: &str = "sessions";

/// Files beside the database that a person or the daemon wrote, where they are there.
const BESIDE: [&str; 3] = ["config.toml", "prices.toml", "first-password"];

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    /// The form of the file; this one is 1.
    format: u32,
    /// The version that wrote it.
    version: String,
    created_at: Timestamp,
    files: Vec<Listed>,
}

/// A file in a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    size: u64,
    sha256: String,
}

/// A directory for our own work that is gone when this is.
struct Scratch(PathBuf);

impl Scratch {
    fn beside(config: &Config, what: &str) -> Result<Self, EngineError> {
        let dir = config
            .state_dir()
            .join(format!(".{what}-{}", std::process::id()));
        if dir.exists() {
            fs_err::remove_dir_all(&dir)?;
        }
        make_private(&dir)?;
        Ok(Self(dir))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs_err::remove_dir_all(&self.0));
    }
}

/// Writes everything into the new file `to`, which only its owner can read, and which `force` lets
/// take another's place. A daemon may run meanwhile.
pub fn back_up(
    config: &Config,
    clock: &dyn Clock,
    to: &Path,
    force: bool,
) -> Result<BackupContents, EngineError> {
    if to.exists() && !force {
        let message = format!("there is a file `{}` already", to.display());
        let hint = "choose another, or give `--force`";
        return Err(EngineError::conflict_with_hint(
            "file_exists",
            message,
            hint,
        ));
    }
    if !config.database.exists() {
        let message = format!("there is no database `{}`", config.database.display());
        return Err(EngineError::NotFound {
            code: "no_database",
            message,
        });
    }
    let scratch = Scratch::beside(config, "backup")?;
    // The head before the rows, so that none of its rows is missing.
    take(&config.audit_head(), &scratch.path(HEAD))?;
    take(&config.key_file(), &scratch.path(KEY))?;
    for name in BESIDE {
        take(&config.state_dir().join(name), &scratch.path(name))?;
    }
    copy::copy(&config.database, &scratch.path(DATABASE)).map_err(unusable)?;
    take_all(&config.state_dir().join(SESSIONS), &scratch.path(SESSIONS))?;
    let contents = proof::prove(&scratch.0)?;
    archive::pack(&scratch.0, to, clock.now())?;
    Ok(contents)
}

/// Copies a file, if it is there.
fn take(from: &Path, to: &Path) -> Result<(), EngineError> {
    match fs_err::copy(from, to) {
        Ok(_) => private(to),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Copies the files of a directory, but no sockets or links.
fn take_all(from: &Path, to: &Path) -> Result<(), EngineError> {
    make_private(to)?;
    let Ok(entries) = fs_err::read_dir(from) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let to = to.join(entry.file_name());
        if kind.is_dir() {
            take_all(&entry.path(), &to)?;
        } else if kind.is_file() {
            take(&entry.path(), &to)?;
        }
    }
    Ok(())
}

fn private(path: &Path) -> Result<(), EngineError> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs_err::set_permissions(
        path,
        std::fs::Permissions::from_mode(0o600),
    )?)
}

/// What is wrong with a database that is somebody's to mend.
fn unusable(error: codepiper_store::StoreError) -> EngineError {
    use codepiper_store::StoreError;
    match error {
        StoreError::Full | StoreError::Io(_) => error.into(),
        error => EngineError::conflict("unusable_database", error.to_string()),
    }
}
