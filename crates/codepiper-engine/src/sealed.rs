//! Everything that is sealed, in one list: what is not in it would be lost with a change of the key,
//! and not be asked for when a backup is proved.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use codepiper_auth::Unreadable;
use codepiper_store::{Connection, StoreError, account, env_sets, sealed_values};

use crate::auth::TOTP_PLACE;
use crate::config::write_private;
use crate::keyring::Keyring;
use crate::{EngineError, env_sets as sets, sessions};

/// Sealed bytes, and how they were sealed.
pub(crate) struct Sealed {
    /// What they were sealed for.
    place: String,
    bytes: Vec<u8>,
    home: Home,
}

/// Where they are kept.
enum Home {
    Authenticator,
    OfferedAuthenticator,
    Variable {
        set: String,
        name: String,
    },
    /// A secret of the installation, sealed for its name.
    Value,
    File(PathBuf),
}

impl Sealed {
    /// What it is, for a person.
    fn what(&self) -> String {
        match &self.home {
            Home::Authenticator | Home::OfferedAuthenticator => "the authenticator".to_owned(),
            Home::Variable { set, name } => format!("variable `{name}` of env set `{set}`"),
            Home::Value => format!("secret `{}`", self.place),
            Home::File(path) => format!("`{}`", path.display()),
        }
    }

    fn open(&self, keyring: &Keyring) -> Result<Vec<u8>, Unreadable> {
        keyring.open(&self.place, &self.bytes)
    }

    /// Looks whether it can be read.
    pub(crate) fn check(&self, keyring: &Keyring) -> Result<Vec<u8>, EngineError> {
        self.open(keyring).map_err(|error| {
            EngineError::conflict_with_hint(
                "sealed",
                format!("{}: {error}", self.what()),
                "remove it, or put the key back with which it was sealed",
            )
        })
    }

    /// Puts it back, sealed with another key.
    pub(crate) fn reseal(
        &self,
        db: &Connection,
        old: &Keyring,
        new: &Keyring,
    ) -> Result<(), EngineError> {
        let secret = self.check(old)?;
        let sealed = new.seal(&self.place, &secret)?;
        let kept = || account::get(db)?.ok_or(StoreError::NotFound);
        match &self.home {
            Home::Authenticator => {
                account::reseal(db, Some(&sealed), kept()?.totp_pending.as_deref())?;
            }
            Home::OfferedAuthenticator => {
                account::reseal(db, kept()?.totp.as_deref(), Some(&sealed))?;
            }
            Home::Variable { set, name } => env_sets::set_value(db, set, name, &sealed)?,
            Home::Value => sealed_values::set(db, &self.place, &sealed)?,
            Home::File(path) => replace(path, &sealed)?,
        }
        Ok(())
    }
}

/// All of it, in a database and a directory of sessions.
pub(crate) fn all(db: &Connection, sessions_dir: &Path) -> Result<Vec<Sealed>, EngineError> {
    let mut found = Vec::new();
    if let Some(account) = account::get(db)? {
        let secrets = [
            (account.totp, Home::Authenticator),
            (account.totp_pending, Home::OfferedAuthenticator),
        ];
        for (bytes, home) in secrets {
            let place = TOTP_PLACE.to_owned();
            found.extend(bytes.map(|bytes| Sealed { place, bytes, home }));
        }
    }
    for set in env_sets::all(db)? {
        for (name, bytes) in env_sets::values(db, &set.id)? {
            let place = sets::place(&set.id, &name);
            let set = set.id.clone();
            let home = Home::Variable { set, name };
            found.push(Sealed { place, bytes, home });
        }
    }
    for (place, bytes) in sealed_values::all(db)? {
        let home = Home::Value;
        found.push(Sealed { place, bytes, home });
    }
    for (path, place) in sessions::kept_files(sessions_dir)? {
        match fs_err::read(&path) {
            Ok(bytes) => {
                let home = Home::File(path);
                found.push(Sealed { place, bytes, home });
            }
            // Its session has just been deleted.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// Replaces a file so that there is always a whole one.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
    let new = path.with_extension("new");
    let written = write_private(&new, bytes).and_then(|()| Ok(fs_err::rename(new, path)?));
    // A session that was deleted meanwhile has taken its directory along.
    if path.parent().is_some_and(Path::exists) {
        written
    } else {
        Ok(())
    }
}
