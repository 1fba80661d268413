//! The key that secrets at rest are sealed with.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use codepiper_auth::Key;
use fs_err::os::unix::fs::OpenOptionsExt as _;

use crate::{Config, EngineError};

/// Reads the key of this installation, which is made with the first start.
pub(crate) fn load(config: &Config) -> Result<Key, EngineError> {
    let path = config.key_file();
    let made = Key::generate().map_err(EngineError::internal)?;
    if write_new(&path, made.as_bytes())? {
        return Ok(made);
    }
    let bytes = fs_err::read(&path)?;
    Key::from_bytes(&bytes).map_err(|error| {
        let message = format!(
            "`{}` holds no key: {error}; put the right file there",
            path.display()
        );
        EngineError::internal(message)
    })
}

/// Writes a file that only its owner can read, unless it is there.
fn write_new(path: &Path, bytes: &[u8]) -> Result<bool, EngineError> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(bytes)?;
            file.sync_all()?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.into()),
    }
}
