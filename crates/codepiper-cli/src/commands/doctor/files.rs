//! Whether others can read what is ours.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use codepiper_engine::Config;

use super::{Check, Level, check};

/// The bits of everybody but the owner.
const OTHERS: u32 = 0o077;

/// What holds keys, tokens or what agents said. Each is looked at where it is there.
fn ours(config: &Config) -> Vec<PathBuf> {
    let database = config.database.display();
    let beside = |end: &str| PathBuf::from(format!("{database}{end}"));
    vec![
        config.state_dir().to_owned(),
        config.state_dir().join("sessions"),
        config.run_dir(),
        config.database.clone(),
        beside("-wal"),
        beside("-shm"),
        config.key_file(),
        config.settings_file(),
        config.first_password_file(),
        config.socket.clone(),
    ]
}

/// Looks at all of them; with `mend`, takes away what others may.
pub(super) fn permissions(config: &Config, mend: bool) -> Check {
    let (mut open, mut mended) = (Vec::new(), Vec::new());
    for path in ours(config) {
        let Some(wide) = width(&path) else { continue };
        if mend && std::fs::set_permissions(&path, Permissions::from_mode(wide & !OTHERS)).is_ok() {
            mended.push(path.display().to_string());
        } else {
            open.push(path.display().to_string());
        }
    }
    if !open.is_empty() {
        let message = format!("others may read or use {}", open.join(", "));
        let fix = format!(
            "codepiper doctor --fix, or: chmod go-rwx {}",
            open.join(" ")
        );
        return check("files.permissions", Level::Error, message).fix(fix);
    }
    let message = if mended.is_empty() {
        "only you can read what is kept".to_owned()
    } else {
        format!("taken from others: {}", mended.join(", "))
    };
    check("files.permissions", Level::Ok, message)
}

/// The mode, where it lets others in.
fn width(path: &Path) -> Option<u32> {
    let mode = std::fs::symlink_metadata(path).ok()?.mode();
    (mode & OTHERS != 0).then_some(mode & 0o7777)
}
