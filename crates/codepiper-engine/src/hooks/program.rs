//! The place of our own program that agents' hooks call.

use std::path::{Path, PathBuf};

use crate::config::make_private;
use crate::{Config, EngineError};

/// Keeps our program at a place of its own below the state directory, and returns that. An agent
/// runs for days and calls it all the time: an upgrade may replace or remove the file that the
/// daemon was started from, and this one stays.
pub(crate) fn install(config: &Config) -> Result<PathBuf, EngineError> {
    let dir = config.state_dir().join("bin");
    make_private(&dir)?;
    let place = dir.join("codepiper");
    if is_same(&config.program, &place) {
        return Ok(place);
    }
    // Whoever executes it at this moment keeps the old one.
    let fresh = dir.join(format!(".codepiper-{}", std::process::id()));
    drop(fs_err::remove_file(&fresh));
    let made = fs_err::hard_link(&config.program, &fresh)
        .or_else(|_| fs_err::copy(&config.program, &fresh).map(drop));
    match made {
        Ok(()) => fs_err::rename(&fresh, &place)?,
        // The program has been removed since it was started: the one that is there goes on.
        Err(error) if place.exists() => tracing::warn!(%error, "the hooks' program stays as it is"),
        Err(error) => return Err(error.into()),
    }
    Ok(place)
}

/// Whether the two are one file, or alike in size and time: a copy gets its own time, so it is
/// made again only when the program is newer.
fn is_same(program: &Path, place: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(program), Ok(place)) = (fs_err::metadata(program), fs_err::metadata(place)) else {
        return false;
    };
    let is_one = (program.dev(), program.ino()) == (place.dev(), place.ino());
    is_one || program.len() == place.len() && program.mtime() <= place.mtime()
}
