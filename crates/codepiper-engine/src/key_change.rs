//! Changing the key that secrets are sealed with. The new one is on the disk before anything is sealed
//! with it, and the old one is gone only when nothing is left of it: a daemon that is killed at any
//! moment between leaves both, and the next one goes on.

use std::path::PathBuf;
use std::sync::Arc;

use codepiper_auth::Key;
use codepiper_model::{Actor, Clock, EntryKind};
use codepiper_store::{Connection, Store, Transaction};
use serde_json::json;

use crate::audit::note;
use crate::keyring::{self, Keyring};
use crate::{Config, EngineError, faults, sealed};

/// Changes the key.
#[derive(Clone)]
pub struct KeyChange {
    store: Store,
    keyring: Keyring,
    clock: Arc<dyn Clock>,
    key_file: PathBuf,
    sessions_dir: PathBuf,
}

impl KeyChange {
    pub(crate) fn new(
        store: Store,
        keyring: Keyring,
        clock: Arc<dyn Clock>,
        config: &Config,
    ) -> Self {
        Self {
            store,
            keyring,
            clock,
            key_file: config.key_file(),
            sessions_dir: config.state_dir().join("sessions"),
        }
    }

    /// Makes a new key and seals everything with it. Returns how many secrets that were.
    pub async fn rotate(&self, by: &Actor) -> Result<usize, EngineError> {
        let key = Key::generate().map_err(EngineError::internal)?;
        // Two at once: the second begins where the first has ended.
        let all = self.keyring.hold_all().await;
        let next = keyring::next_file(&self.key_file);
        if !keyring::write_new(&next, key.as_bytes())? {
            let message = format!(
                "another change of the key is not done: `{}`",
                next.display()
            );
            let hint = "restart the daemon, which goes on with it";
            return Err(EngineError::conflict_with_hint("key_change", message, hint));
        }
        if let Err(error) = self.check().await {
            fs_err::remove_file(next)?;
            return Err(error);
        }
        self.keyring.add(key.clone());
        let count = self.seal_anew(key, by.to_string()).await;
        drop(all);
        count
    }

    /// Goes on with a change that was broken off.
    pub(crate) async fn go_on(&self, next: Key) -> Result<(), EngineError> {
        let all = self.keyring.hold_all().await;
        let count = self.seal_anew(next, "the daemon".to_owned()).await?;
        drop(all);
        tracing::info!(
            count,
            "went on with a change of the key that was broken off"
        );
        Ok(())
    }

    /// Looks whether everything can be read: nothing is touched otherwise.
    async fn check(&self) -> Result<(), EngineError> {
        let (keyring, dir) = (self.keyring.clone(), self.sessions_dir.clone());
        let check = move |db: &Connection| {
            Ok(sealed::all(db, &dir).and_then(|all| {
                let mut checked = all.iter().map(|secret| secret.check(&keyring).map(drop));
                checked.try_for_each(|checked| checked)
            }))
        };
        self.store.read(check).await?
    }

    async fn seal_anew(&self, key: Key, by: String) -> Result<usize, EngineError> {
        let (old, new) = (self.keyring.clone(), Keyring::of(vec![key.clone()]));
        let (dir, at) = (self.sessions_dir.clone(), self.clock.now());
        let seal = move |tx: &Transaction<'_>| {
            let resealed = sealed::all(tx, &dir).and_then(|all| {
                for secret in &all {
                    secret.reseal(tx, &old, &new)?;
                }
                Ok(all.len())
            });
            if let Ok(count) = &resealed {
                let facts = json!({ "by": by, "secrets": count });
                note(tx, EntryKind::KeyRotated, &facts, at)?;
            }
            // Where that failed in the middle, both keys stay, and each secret has one of them.
            Ok(resealed)
        };
        faults::point("key-next");
        let count = self.store.write(seal).await??;
        faults::point("key-change");
        self.keyring.prefer(key);
        fs_err::rename(keyring::next_file(&self.key_file), &self.key_file)?;
        Ok(count)
    }
}
