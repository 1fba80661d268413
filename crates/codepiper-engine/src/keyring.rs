//! The keys that secrets at rest are sealed with: one, or two while one takes the place of the other.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use codepiper_auth::{Key, Unreadable};
use fs_err::os::unix::fs::OpenOptionsExt as _;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard};

use crate::{Config, EngineError};

/// Seals and opens secrets.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    /// The first one seals, each may open.
    keys: Arc<RwLock<Vec<Key>>>,
    /// Held by those who seal until what they sealed is on its way into the database, so that none of
    /// it comes in behind the back of who seals everything anew.
    sealing: Arc<tokio::sync::RwLock<()>>,
}

/// What came of a key's loading.
pub(crate) struct Loaded {
    pub(crate) keyring: Keyring,
    /// A key that was to take the first one's place when a daemon ended.
    pub(crate) next: Option<Key>,
}

impl Keyring {
    /// Reads the key of this installation, which is made with the first start.
    pub(crate) fn load(config: &Config) -> Result<Loaded, EngineError> {
        let path = config.key_file();
        let made = Key::generate().map_err(EngineError::internal)?;
        let key = if write_new(&path, made.as_bytes())? {
            made
        } else {
            read(&path)?
        };
        let next = next_file(&path);
        let next = next.exists().then(|| read(&next)).transpose()?;
        let keyring = Self::of([key].into_iter().chain(next.clone()).collect());
        Ok(Loaded { keyring, next })
    }

    pub(crate) fn of(keys: Vec<Key>) -> Self {
        Self {
            keys: Arc::new(RwLock::new(keys)),
            sealing: Arc::default(),
        }
    }

    /// Holds off a change of the key while something is sealed and stored.
    pub(crate) async fn hold(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.sealing).read_owned().await
    }

    /// Waits until nobody seals, and keeps it so.
    pub(crate) async fn hold_all(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.sealing).write_owned().await
    }

    /// Seals a secret for one place.
    pub(crate) fn seal(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, EngineError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys
            .first()
            .ok_or_else(|| EngineError::internal("no key"))?;
        key.seal(place, secret).map_err(EngineError::internal)
    }

    /// Reads what was sealed for a place.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let mut opened = keys.iter().filter_map(|key| key.open(place, sealed).ok());
        opened.next().ok_or(Unreadable)
    }

    /// Opens with this one too from now on.
    pub(crate) fn add(&self, key: Key) {
        self.change(|keys| keys.push(key));
    }

    /// Seals with this one from now on. What was read before with the old one can still be opened.
    pub(crate) fn prefer(&self, key: Key) {
        self.change(|keys| keys.insert(0, key));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Key>)) {
        change(&mut self.keys.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Where a key waits that is to take the place of the one in `path`.
pub(crate) fn next_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".next");
    name.into()
}

/// Reads a key.
pub(crate) fn read(path: &Path) -> Result<Key, EngineError> {
    Key::from_bytes(&fs_err::read(path)?).map_err(|error| {
        let message = format!("`{}` holds no key: {error}", path.display());
        EngineError::conflict_with_hint("no_key", message, "put the right file there")
    })
}

/// Writes a file that only its owner can read, unless it is there.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<bool, EngineError> {
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
