//! The directories of this machine, for whoever chooses where an agent works.

mod branch;
mod place;
pub(crate) mod repository;

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use codepiper_model::Timestamp;
use codepiper_store::{Store, sessions};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::{Config, EngineError};

pub(crate) use branch::Branches;
use branch::branch_of;
pub(crate) use place::{NoPlace, resolved, shown};

/// The most directories that are listed at once.
const ENTRIES_MAX: usize = 500;

/// The most names that are read for that.
const NAMES_MAX: usize = 50_000;

/// The most directories that are called recent, and the most that are looked at for that.
const RECENT_MAX: usize = 12;
const USED_MAX: u32 = 48;

/// How long a disk may take, and how many may be waited for at the same time: one that is on a
/// machine that is gone answers never.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOKS_MAX: usize = 8;

/// What is in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The directory, with all links followed.
    pub path: PathBuf,
    /// The one that it is in; the root is in none.
    pub parent: Option<PathBuf>,
    /// The git branch that it is on, or the beginning of a commit.
    pub branch: Option<String>,
    /// The directories in it, by name.
    pub entries: Vec<Entry>,
    /// Whether there are more than are listed.
    pub truncated: bool,
    /// Why this is only the nearest directory, and not the one that was asked for.
    pub problem: Option<String>,
}

/// A directory in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its place; absolute.
    pub path: PathBuf,
    /// Whether a git repository, or a worktree of one, is there.
    pub is_git: bool,
}

/// A directory that sessions worked in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentDirectory {
    /// Its place; absolute.
    pub path: PathBuf,
    /// The git branch that it is on, or the beginning of a commit.
    pub branch: Option<String>,
    /// When the latest session there was made.
    pub last_used_at: Timestamp,
}

/// The directories of this machine.
#[derive(Clone)]
pub struct Directories {
    home: PathBuf,
    store: Store,
    looks: Arc<Semaphore>,
}

impl Directories {
    pub(crate) fn new(store: Store, config: &Config) -> Self {
        Self {
            home: PathBuf::from(config.var_os("HOME")),
            store,
            looks: Arc::new(Semaphore::new(LOOKS_MAX)),
        }
    }

    /// The directories in the one at `path`, absolute or from `~` on; without it, in the home
    /// directory. Those whose names begin with a dot only if `hidden`.
    pub async fn list(&self, path: Option<&str>, hidden: bool) -> Result<Listing, EngineError> {
        let path = self.meant(path.unwrap_or("~"));
        let name = shown(&path);
        self.look(&name, move || {
            let place = resolved(&path).map_err(|why| refused(&path, why))?;
            listing(place, hidden).map_err(|error| match error.kind() {
                ErrorKind::PermissionDenied => refused(&path, NoPlace::Closed),
                _ => refused(&path, NoPlace::Missing),
            })
        })
        .await
    }

    /// The same for a path that is being typed: where it is no directory yet, what is in the nearest
    /// one above it, and why. One whose names cannot be read seems empty: agents can work there.
    pub async fn nearest(&self, path: Option<&str>, hidden: bool) -> Result<Listing, EngineError> {
        let path = self.meant(path.unwrap_or("~"));
        let (name, home) = (shown(&path), self.home.clone());
        self.look(&name, move || {
            let why = match resolved(&path) {
                Ok(place) => {
                    return Ok(listing(place.clone(), hidden).unwrap_or_else(|_| bare(place)));
                }
                Err(why) => refused(&path, why),
            };
            let above = path.ancestors().chain(home.ancestors());
            let mut places = above.filter_map(|path| resolved(path).ok());
            let nearest = places.find_map(|place| listing(place, hidden).ok());
            let problem = Some(why.to_string());
            nearest.map(|found| Listing { problem, ..found }).ok_or(why)
        })
        .await
    }

    /// Where sessions worked last and still can; the latest first.
    pub async fn recent(&self) -> Result<Vec<RecentDirectory>, EngineError> {
        let used = self
            .store
            .read(move |db: &codepiper_store::Connection| sessions::directories(db, USED_MAX))
            .await?;
        self.look("recent directories", move || {
            let there = used.into_iter().filter(|(path, _)| resolved(path).is_ok());
            let recent = there.take(RECENT_MAX).map(|(path, last_used_at)| {
                let branch = branch_of(&path);
                RecentDirectory {
                    path,
                    branch,
                    last_used_at,
                }
            });
            Ok(recent.collect())
        })
        .await
    }

    /// `~` is the home directory, as in a shell.
    fn meant(&self, path: &str) -> PathBuf {
        match path.strip_prefix('~') {
            Some("") => self.home.clone(),
            Some(rest) if rest.starts_with('/') => self.home.join(rest.trim_start_matches('/')),
            _ => PathBuf::from(path),
        }
    }

    async fn look<T: Send + 'static>(
        &self,
        name: &str,
        look: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let looking = async {
            let looks = Arc::clone(&self.looks);
            let permit = looks.acquire_owned().await;
            let permit = permit.map_err(EngineError::internal)?;
            let looking = tokio::task::spawn_blocking(move || {
                let found = look();
                drop(permit);
                found
            });
            looking.await.map_err(EngineError::internal)?
        };
        let slow = || {
            EngineError::conflict_with_hint(
                "directory_silent",
                format!("the disk with `{name}` does not answer"),
                "choose another directory, or see whether what is mounted there can be reached",
            )
        };
        timeout(PATIENCE, looking).await.map_err(|_| slow())?
    }
}

fn refused(path: &Path, why: NoPlace) -> EngineError {
    let message = format!("directory `{}` {why}", shown(path));
    match why {
        NoPlace::Missing => EngineError::NotFound {
            code: "directory_not_found",
            message,
        },
        NoPlace::Closed => EngineError::Forbidden {
            code: "directory_closed",
            message,
        },
        NoPlace::NoPath | NoPlace::NotAbsolute | NoPlace::NotDirectory | NoPlace::NotText => {
            EngineError::invalid("path", message)
        }
    }
}

fn bare(path: PathBuf) -> Listing {
    Listing {
        parent: path.parent().map(Path::to_path_buf),
        branch: branch_of(&path),
        entries: Vec::new(),
        truncated: false,
        problem: None,
        path,
    }
}

fn listing(path: PathBuf, hidden: bool) -> io::Result<Listing> {
    let mut names = Vec::new();
    let mut entries = fs_err::read_dir(&path)?;
    for entry in entries.by_ref().take(NAMES_MAX) {
        let entry = entry?;
        // What JSON cannot name cannot be chosen.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let kind = entry.file_type()?;
        let is_directory = kind.is_dir() || (kind.is_symlink() && entry.path().is_dir());
        if is_directory && (hidden || !name.starts_with('.')) {
            names.push(name);
        }
    }
    let truncated = names.len() > ENTRIES_MAX || entries.next().is_some();
    names.sort_by_cached_key(|name| (name.to_lowercase(), name.clone()));
    names.truncate(ENTRIES_MAX);
    let entries = names
        .into_iter()
        .map(|name| {
            let path = path.join(&name);
            let is_git = repository::is_root(&path);
            Entry { name, path, is_git }
        })
        .collect();
    Ok(Listing {
        entries,
        truncated,
        ..bare(path)
    })
}
