use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why a directory is none that an agent can work in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoPlace {
    /// It is too long, or has a NUL.
    #[error("is no path")]
    NoPath,
    /// It depends on where one is.
    #[error("is not absolute")]
    NotAbsolute,
    /// There is nothing.
    #[error("does not exist")]
    Missing,
    /// There is something else.
    #[error("is not a directory")]
    NotDirectory,
    /// Its permissions say no.
    #[error("cannot be entered")]
    Closed,
    /// JSON could not name it.
    #[error("has a name that is not UTF-8")]
    NotText,
}

/// The directory itself, with all links followed.
pub(crate) fn resolved(path: &Path) -> Result<PathBuf, NoPlace> {
    if path.as_os_str().len() > 4096 || path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(NoPlace::NoPath);
    }
    if !path.is_absolute() {
        return Err(NoPlace::NotAbsolute);
    }
    let resolved = fs_err::canonicalize(path).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => NoPlace::Closed,
        _ => NoPlace::Missing,
    })?;
    if !resolved.is_dir() {
        return Err(NoPlace::NotDirectory);
    }
    if rustix::fs::access(&resolved, rustix::fs::Access::EXEC_OK).is_err() {
        return Err(NoPlace::Closed);
    }
    if resolved.to_str().is_none() {
        return Err(NoPlace::NotText);
    }
    Ok(resolved)
}

/// A path as it stands in a message.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string().chars().take(200).collect()
}
